#include <cohort/store/compressed.hpp>

#include <cohort/store/storage_error.hpp>
#include <cohort/store/written_file.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

namespace cohort::detail {
namespace {

constexpr std::size_t most_parts = 4;

}  // namespace

Compressed::Compressed(WrittenFile& file, std::string name, const Dataset::Shape& shape, std::size_t number)
    : file_(&file),
      name_(std::move(name)),
      shape_(shape),
      deflater_(shape.level, shape.shuffle, size_of(shape.type)),
      scratch_(file.temporary(), number) {}

std::size_t Compressed::chunk_bytes() const noexcept {
    return static_cast<std::size_t>(shape_.chunk * shape_.item_bytes());
}

// As far as is known: what grows may fill its last HDF5 chunk later.
std::uint64_t Compressed::items_in(std::uint64_t chunk) const noexcept {
    return shape_.grows ? shape_.chunk : std::min(shape_.chunk, shape_.items - chunk * shape_.chunk);
}

void Compressed::write(Index first, std::uint64_t count, const std::byte* numbers) {
    while (count > 0) {
        const std::uint64_t chunk = first / shape_.chunk;
        const std::uint64_t within = first % shape_.chunk;
        const std::uint64_t items = std::min(shape_.chunk - within, count);
        if (items == shape_.chunk) {
            put(chunk, {numbers, chunk_bytes()});
        } else {
            add({.chunk = chunk, .first = within, .end = within + items, .bytes = {}}, numbers);
        }
        numbers += items * shape_.item_bytes();
        first += items;
        count -= items;
    }
}

void Compressed::add(Part piece, const std::byte* numbers) {
    const auto found = std::find_if(parts_.begin(), parts_.end(),
                                    [&](const Part& part) { return part.chunk == piece.chunk; });
    const std::uint64_t from = piece.first;
    const std::uint64_t items = piece.end - piece.first;
    if (found != parts_.end()) {
        Part part = std::move(*found);
        parts_.erase(found);
        if (part.end == piece.first || piece.end == part.first) {
            piece.first = std::min(part.first, piece.first);
            piece.end = std::max(part.end, piece.end);
            piece.bytes = std::move(part.bytes);
        } else {
            set_aside(part);
        }
    }
    if (piece.bytes.empty()) piece.bytes.resize(chunk_bytes());
    std::memcpy(piece.bytes.data() + from * shape_.item_bytes(), numbers, items * shape_.item_bytes());
    if (piece.first == 0 && piece.end == items_in(piece.chunk)) {
        put(piece.chunk, piece.bytes);
        return;
    }
    if (parts_.size() == most_parts) {
        set_aside(parts_.front());
        parts_.erase(parts_.begin());
    }
    parts_.push_back(std::move(piece));
}

void Compressed::set_aside(const Part& part) {
    const std::uint64_t from = part.first * shape_.item_bytes();
    const std::uint64_t bytes = (part.end - part.first) * shape_.item_bytes();
    file_->check_lifeline();
    check(scratch_.write(part.chunk * chunk_bytes() + from, std::span(part.bytes).subspan(from, bytes)));
    in_scratch_.insert(part.chunk);
}

void Compressed::put(std::uint64_t chunk, std::span<const std::byte> whole) {
    const Deflater::Result result = deflater_.compress(whole);
    placed_.push_back({chunk, file_->add(result.bytes), result.bytes.size(), result.skipped});
}

std::vector<std::uint64_t> Compressed::leave_parts() {
    for (const Part& part : parts_) set_aside(part);
    parts_.clear();
    check(scratch_.close());
    return {in_scratch_.begin(), in_scratch_.end()};
}

void Compressed::join_parts(std::uint64_t chunk) {
    std::vector<std::byte> whole(chunk_bytes());
    check(scratch_.read(chunk * whole.size(), whole));
    put(chunk, whole);
}

void Compressed::check(int error) const {
    if (error != 0) throw cannot_write(file_->path(), error, "--output");
}

}  // namespace cohort::detail
