#include <cohort/run/codec.hpp>

namespace cohort::detail {

void append_much(Bytes& bytes, const void* data, std::size_t count) {
    const auto* begin = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), begin, begin + count);
}

}  // namespace cohort::detail
