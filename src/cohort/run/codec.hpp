// Values as bytes, and back.
#pragma once

#include <cohort/plan/error.hpp>
#include <cohort/run/sendable.hpp>
#include <cohort/team/collectives.hpp>

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <streambuf>
#include <string>
#include <vector>

namespace cohort::detail {

// Reads bytes from front to back.
class Reader {
  public:
    explicit Reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    [[nodiscard]] std::span<const std::byte> take(std::size_t count) {
        if (count > bytes_.size()) {
            throw Fault(
                "a message is shorter than what it should hold (the ranks run different programs or types)");
        }
        const auto part = bytes_.first(count);
        bytes_ = bytes_.subspan(count);
        return part;
    }
    [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }
    [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }

  private:
    std::span<const std::byte> bytes_;
};

// For much: touches memory once, where a resize and a copy touch it twice.
void append_much(Bytes& bytes, const void* data, std::size_t count);

inline void append(Bytes& bytes, const void* data, std::size_t count) {
    constexpr std::size_t little = 256;
    if (count > little) {
        append_much(bytes, data, count);
    } else if (count != 0) {
        const std::size_t at = bytes.size();
        bytes.resize(at + count);
        std::memcpy(bytes.data() + at, data, count);
    }
}

// What travels as memory.
template <typename T>
inline constexpr bool is_memory = std::is_trivially_copyable_v<T>;

// Containers that can be rebuilt by inserting at their end: vectors, lists, sets, maps.
template <typename T>
concept Growable = requires(T container, typename T::value_type value) {
    { container.size() } -> std::convertible_to<std::size_t>;
    container.insert(container.end(), std::move(value));
    container.begin();
}
&&std::default_initializable<T>;

// Of those, the ones that are one run of memory: it travels as it is, after its number of values.
template <typename T>
concept Contiguous = Growable<T> && is_memory<typename T::value_type> &&
    std::default_initializable<typename T::value_type> && requires(T container, std::size_t size) {
    container.resize(size);
    container.assign(container.data(), container.data());
    { container.data() } -> std::same_as<typename T::value_type*>;
};

template <typename T>
struct Codec;

template <typename T>
void pack(Bytes& bytes, const T& value) {
    Codec<T>::pack(bytes, value);
}

template <typename T>
[[nodiscard]] T unpack(Reader& reader) {
    return Codec<T>::unpack(reader);
}

// By Boost.Serialization.
template <typename T>
struct Codec {
    struct Sink : std::streambuf {
        explicit Sink(Bytes& target) : bytes(target) {}
        std::streamsize xsputn(const char* data, std::streamsize count) override {
            append(bytes, data, static_cast<std::size_t>(count));
            return count;
        }
        int_type overflow(int_type character) override {
            const char byte = traits_type::to_char_type(character);
            append(bytes, &byte, 1);
            return character;
        }
        Bytes& bytes;
    };
    struct Source : std::streambuf {
        explicit Source(std::span<const std::byte> bytes) {
            auto* begin = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
            setg(begin, begin, begin + bytes.size());
        }
    };
    static constexpr unsigned flags = boost::archive::no_header | boost::archive::no_tracking;

    static void pack(Bytes& bytes, const T& value) {
        const std::size_t at = bytes.size();
        std::uint64_t size = 0;
        append(bytes, &size, sizeof(size));
        Sink sink(bytes);
        {
            boost::archive::binary_oarchive archive(sink, flags);
            archive << value;
        }
        size = bytes.size() - at - sizeof(size);
        std::memcpy(bytes.data() + at, &size, sizeof(size));
    }
    static T unpack(Reader& reader) {
        static_assert(
            std::default_initializable<T>,
            "cohort: a type that travels by Boost.Serialization needs a default constructor to arrive in");
        const auto size = cohort::detail::unpack<std::uint64_t>(reader);
        Source source(reader.take(static_cast<std::size_t>(size)));
        boost::archive::binary_iarchive archive(source, flags);
        T value;
        archive >> value;
        return value;
    }
};

template <typename T>
    requires is_memory<T>
struct Codec<T> {
    static void pack(Bytes& bytes, const T& value) { append(bytes, &value, sizeof(T)); }
    static T unpack(Reader& reader) {
        std::array<std::byte, sizeof(T)> bytes;
        std::copy_n(reader.take(sizeof(T)).begin(), sizeof(T), bytes.begin());
        return std::bit_cast<T>(bytes);
    }
};

template <typename T>
    requires(!is_memory<T> && Growable<T>)
struct Codec<T> {
    using Value = typename T::value_type;

    static void pack(Bytes& bytes, const T& container) {
        cohort::detail::pack(bytes, static_cast<std::uint64_t>(container.size()));
        if constexpr (Contiguous<T>) {
            append(bytes, container.data(), container.size() * sizeof(Value));
        } else {
            for (const auto& value : container) {
                cohort::detail::pack<Value>(bytes, value);
            }
        }
    }
    static T unpack(Reader& reader) {
        const auto size = static_cast<std::size_t>(cohort::detail::unpack<std::uint64_t>(reader));
        T container;
        if constexpr (Contiguous<T>) {
            const auto bytes = reader.take(size * sizeof(Value));
            if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(Value) == 0) {
                const auto* values = reinterpret_cast<const Value*>(bytes.data());
                container.assign(values, values + size);
            } else if (size > 0) {
                container.resize(size);
                std::memcpy(container.data(), bytes.data(), bytes.size());
            }
        } else {
            for (std::size_t i = 0; i < size; ++i) {
                container.insert(container.end(), cohort::detail::unpack<Value>(reader));
            }
        }
        return container;
    }
};

template <typename T>
    requires(!is_memory<std::optional<T>>)
struct Codec<std::optional<T>> {
    static void pack(Bytes& bytes, const std::optional<T>& value) {
        cohort::detail::pack(bytes, value.has_value());
        if (value) {
            cohort::detail::pack<T>(bytes, *value);
        }
    }
    static std::optional<T> unpack(Reader& reader) {
        return cohort::detail::unpack<bool>(reader) ? std::optional<T>(cohort::detail::unpack<T>(reader))
                                                    : std::nullopt;
    }
};

template <typename T, typename... Parts>
struct TupleCodec {
    static void pack(Bytes& bytes, const T& value) {
        std::apply(
            [&](const auto&... parts) {
                (cohort::detail::pack<std::remove_cvref_t<Parts>>(bytes, parts), ...);
            },
            value);
    }
    static T unpack(Reader& reader) {
        return T{
            cohort::detail::unpack<std::remove_cvref_t<Parts>>(reader)...};  // braces: from left to right
    }
};

template <typename A, typename B>
    requires(!is_memory<std::pair<A, B>>)
struct Codec<std::pair<A, B>> : TupleCodec<std::pair<A, B>, A, B> {};

template <typename... Ts>
    requires(!is_memory<std::tuple<Ts...>>)
struct Codec<std::tuple<Ts...>> : TupleCodec<std::tuple<Ts...>, Ts...> {};

template <typename T, std::size_t N>
    requires(!is_memory<std::array<T, N>>)
struct Codec<std::array<T, N>> {
    static void pack(Bytes& bytes, const std::array<T, N>& values) {
        for (const T& value : values) {
            cohort::detail::pack<T>(bytes, value);
        }
    }
    static std::array<T, N> unpack(Reader& reader) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<T, N>{((void)I, cohort::detail::unpack<T>(reader))...};
        }
        (std::make_index_sequence<N>{});
    }
};

template <typename T>
[[nodiscard]] Bytes packed(const T& value) {
    Bytes bytes;
    pack<T>(bytes, value);
    return bytes;
}

template <typename T>
[[nodiscard]] T unpacked(std::span<const std::byte> bytes) {
    Reader reader(bytes);
    return unpack<T>(reader);
}

}  // namespace cohort::detail
