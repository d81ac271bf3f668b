// Every atomic operation is a place where ranks may be switched.
//
// Sources that are simulated are compiled with -fsanitize=thread, which makes the compiler call the functions below for
// each access of memory, but not linked with ThreadSanitizer: this file stands in for it. So the code under test is the
// code that ships, and compilers agree on these names. Plain accesses go by; atomic ones ask the scheduler first.
#include <sim/simulation.hpp>

#include <cstddef>
#include <cstdint>

using cohort::testing::hook::step;
using cohort::testing::hook::wrote;

namespace {

template <typename T>
T noted(const volatile T* place, T before, T after) noexcept {
    if (before != after) {
        wrote(place, before, after);
    }
    return before;
}

template <typename T>
bool compare_exchange(volatile T* place, T* expected, T desired) noexcept {
    step();
    const T before = *expected;
    const bool done =
        __atomic_compare_exchange_n(place, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    if (done) {
        noted(place, before, desired);
    }
    return done;
}

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,bugprone-macro-parentheses)
#define COHORT_ATOMICS(bits, T)                                                                              \
    T __tsan_atomic##bits##_load(const volatile T* place, int) {                                             \
        step();                                                                                              \
        return __atomic_load_n(place, __ATOMIC_SEQ_CST);                                                     \
    }                                                                                                        \
    void __tsan_atomic##bits##_store(volatile T* place, T value, int) {                                      \
        step();                                                                                              \
        noted(place, __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST), value);                            \
    }                                                                                                        \
    T __tsan_atomic##bits##_exchange(volatile T* place, T value, int) {                                      \
        step();                                                                                              \
        return noted(place, __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST), value);                     \
    }                                                                                                        \
    COHORT_FETCH(bits, T, add)                                                                               \
    COHORT_FETCH(bits, T, sub)                                                                               \
    COHORT_FETCH(bits, T, and)                                                                               \
    COHORT_FETCH(bits, T, or)                                                                                \
    COHORT_FETCH(bits, T, xor)                                                                               \
    int __tsan_atomic##bits##_compare_exchange_strong(volatile T* place, T* expected, T desired, int, int) { \
        return compare_exchange(place, expected, desired) ? 1 : 0;                                           \
    }                                                                                                        \
    int __tsan_atomic##bits##_compare_exchange_weak(volatile T* place, T* expected, T desired, int, int) {   \
        return compare_exchange(place, expected, desired) ? 1 : 0;                                           \
    }                                                                                                        \
    T __tsan_atomic##bits##_compare_exchange_val(volatile T* place, T expected, T desired, int, int) {       \
        compare_exchange(place, &expected, desired);                                                         \
        return expected;                                                                                     \
    }
#define COHORT_FETCH(bits, T, operation)                                             \
    T __tsan_atomic##bits##_fetch_##operation(volatile T* place, T value, int) {     \
        step();                                                                      \
        const T before = __atomic_fetch_##operation(place, value, __ATOMIC_SEQ_CST); \
        return noted(place, before, __atomic_load_n(place, __ATOMIC_SEQ_CST));       \
    }
#define COHORT_ACCESSES(bytes)                  \
    void __tsan_read##bytes(void*) {}           \
    void __tsan_write##bytes(void*) {}          \
    void __tsan_unaligned_read##bytes(void*) {} \
    void __tsan_unaligned_write##bytes(void*) {}

extern "C" {
COHORT_ATOMICS(8, std::uint8_t)
COHORT_ATOMICS(16, std::uint16_t)
COHORT_ATOMICS(32, std::uint32_t)
COHORT_ATOMICS(64, std::uint64_t)
COHORT_ACCESSES(1)
COHORT_ACCESSES(2)
COHORT_ACCESSES(4)
COHORT_ACCESSES(8)
COHORT_ACCESSES(16)
void __tsan_atomic_thread_fence(int) {}
void __tsan_atomic_signal_fence(int) {}
void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_read_range(void*, std::size_t) {}
void __tsan_write_range(void*, std::size_t) {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void* __tsan_memcpy(void* to, const void* from, std::size_t bytes) {
    return __builtin_memcpy(to, from, bytes);
}
void* __tsan_memmove(void* to, const void* from, std::size_t bytes) {
    return __builtin_memmove(to, from, bytes);
}
void* __tsan_memset(void* to, int value, std::size_t bytes) { return __builtin_memset(to, value, bytes); }
}
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,bugprone-macro-parentheses)
