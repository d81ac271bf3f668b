// Plain values that ranks tell each other while a file is laid out. All functions are collective.
#pragma once

#include <cohort/team/collectives.hpp>

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace cohort::detail {

template <typename T>
void append_values(std::vector<T>& values, std::span<const std::byte> bytes) {
    static_assert(std::is_trivially_copyable_v<T>);
    const std::size_t known = values.size();
    values.resize(known + bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(values.data() + known, bytes.data(), bytes.size());
}

// What the root has, on every rank.
template <typename T>
std::vector<T> from_root(TeamCore& team, std::span<const T> values) {
    const std::span<const std::byte> sent = std::as_bytes(values);
    Bytes bytes(sent.begin(), sent.end());
    broadcast(team, bytes, 0);
    std::vector<T> received;
    append_values(received, bytes);
    return received;
}

// What the ranks have, one after the other, on the root; elsewhere nothing.
template <typename T>
std::vector<T> to_root(TeamCore& team, std::span<const T> values) {
    std::vector<T> all;
    for (const Bytes& one : gather(team, std::as_bytes(values))) append_values(all, one);
    return all;
}

// The same, on every rank.
template <typename T>
std::vector<T> from_all(TeamCore& team, std::span<const T> values) {
    return from_root<T>(team, to_root(team, values));
}

}  // namespace cohort::detail
