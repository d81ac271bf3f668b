#include <cohort/team/helper.hpp>

#include <chrono>
#include <csignal>
#include <utility>

namespace cohort::detail {
namespace {

constexpr std::chrono::milliseconds long_task{5};
constexpr std::chrono::milliseconds long_task_unasked{20};
constexpr std::chrono::microseconds between_looks{500};
// After so many looks without a call the thread sleeps until the next.
constexpr int idle_looks = 200;

// Threads inherit the mask of signals.
class SignalsBlocked {
  public:
    SignalsBlocked() noexcept {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

}  // namespace

Helper::Helper(std::function<void()> serve, std::function<bool()> owes)
    : serve_(std::move(serve)), owes_(std::move(owes)) {
    const SignalsBlocked blocked;
    thread_ = std::thread([this] { run(); });
}

Helper::~Helper() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Helper::begin(bool answers) noexcept {
    calls_.store(calls_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    answers_.store(answers, std::memory_order_relaxed);
    in_call_.store(true, std::memory_order_seq_cst);
    wake();
}

void Helper::end() noexcept {
    in_call_.store(false, std::memory_order_relaxed);
    if (owes_()) {
        wake();
    }
}

void Helper::wake() noexcept {
    if (asleep_.load(std::memory_order_seq_cst)) {
        const std::lock_guard lock(mutex_);
        wake_.notify_one();
    }
}

void Helper::run() {
    while (!over_) {
        {
            std::unique_lock lock(mutex_);
            asleep_.store(true, std::memory_order_seq_cst);
            wake_.wait(lock, [this] { return over_ || is_wanted(); });
            asleep_.store(false, std::memory_order_relaxed);
        }
        watch();
    }
}

// Looks after the rank until it has made no call for a while.
void Helper::watch() {
    std::uint64_t calls = calls_.load(std::memory_order_relaxed);
    for (int idle = 0; idle < idle_looks && !over_;) {
        const std::uint64_t beats = beats_.load(std::memory_order_relaxed);
        {
            std::unique_lock lock(mutex_);
            const auto patience = answers_.load(std::memory_order_relaxed) ? long_task : long_task_unasked;
            wake_.wait_for(lock, patience, [this] { return over_.load(); });
        }
        while (is_wanted() && beats_.load(std::memory_order_relaxed) == beats && !over_) {
            serve_();
            if (!answers_.load(std::memory_order_relaxed)) {
                break;
            }
            std::this_thread::sleep_for(between_looks);
        }
        const std::uint64_t now = calls_.load(std::memory_order_relaxed);
        idle = now != calls || is_wanted() ? 0 : idle + 1;
        calls = now;
    }
}

}  // namespace cohort::detail
