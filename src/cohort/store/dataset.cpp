#include <cohort/store/dataset.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/claims.hpp>
#include <cohort/store/compressed.hpp>
#include <cohort/store/file.hpp>
#include <cohort/store/layout.hpp>
#include <cohort/store/read_file.hpp>
#include <cohort/store/told.hpp>
#include <cohort/store/written_file.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/team_core.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cohort::detail {
namespace {

// A dataset that is open in HDF5, together with the file that it is in.
struct Opened {
    std::shared_ptr<ReadFile> file;
    Hdf5Dataset dataset;
    std::int64_t id = H5I_INVALID_HID;
};

// Local, but the same on every rank: no file can be as large.
void check_size(const std::string& name, const Dataset::Shape& shape) {
    const Wide bytes = static_cast<Wide>(shape.items) * shape.item_bytes();
    if (bytes >> 62 != 0)
        throw StoreError(fmt::format("cannot make {}", name), "no file can be as large", "ask for less");
    if (shape.level < 0 || shape.level > 12)
        throw UsageError(fmt::format("cannot compress {} at level {}", name, shape.level),
                         "levels are from 1 to 12", "choose 1");
    if (shape.level > 0 && shape.chunk > Claims::turn / shape.item_bytes())
        throw UsageError(fmt::format("cannot compress {} in HDF5 chunks of {} items", name, shape.chunk),
                         "they would exceed 16 MiB", "choose smaller ones");
}

}  // namespace

Dataset Dataset::create(File& file, const std::string& name, const Shape& shape) {
    check_size(name, shape);
    Dataset made(name, shape);
    made.written_ = file.written();
    if (shape.level > 0) {
        made.compressed_ = made.written_->compress(name, shape);
        return made;
    }
    made.places_ = made.written_->lay_out(name, [&](hid_t id) { return make_dataset(id, name, shape); });
    return made;
}

Dataset Dataset::open(File& file, const std::string& name, NumberType type) {
    Dataset opened(name, {.type = type});
    opened.read_ = file.read();
    auto held = std::make_shared<Opened>();
    const Use use(file.team().core(), "Column::open");
    file.team().agree([&] {
        held->file = opened.read_;
        hsize_t count = 0;
        bool fits = false;
        opened.read_->attempt(name, [&] {
            held->dataset = Hdf5Dataset(hdf5<H5Dopen2>(opened.read_->id(), name.c_str(), H5P_DEFAULT));
            const Hdf5Space space(hdf5<H5Dget_space>(held->dataset.get()));
            const Hdf5Type stored(hdf5<H5Dget_type>(held->dataset.get()));
            fits = hdf5<H5Sget_simple_extent_ndims>(space.get()) == 1 && can_hold(type, stored.get());
            if (fits) hdf5<H5Sget_simple_extent_dims>(space.get(), &count, nullptr);
        });
        if (!fits)
            throw StoreError(fmt::format("cannot read {} of {}", name, file.path()),
                             "it is not one row of numbers of the wanted kind",
                             fmt::format("see what h5ls says of {}", file.path()));
        held->id = held->dataset.get();
        opened.shape_.items = count;
    });
    opened.id_ = std::shared_ptr<const std::int64_t>(held, &held->id);
    return opened;
}

void Dataset::check_bounds(Index first, std::uint64_t count) const {
    if (first > shape_.items || count > shape_.items - first)
        throw UsageError(fmt::format("{} has no items from {} to {}", name_, first, first + count),
                         fmt::format("it has {}", shape_.items), "stay within them");
}

// Calls transfer(place in the file, items done before, items) for runs of items that lie in one piece.
template <typename Transfer>
void Dataset::in_pieces(Index first, std::uint64_t count, const Transfer& transfer) const {
    const std::uint64_t run = shape_.chunk > 0 ? shape_.chunk : shape_.items;
    for (std::uint64_t done = 0; done < count;) {
        const std::uint64_t within = (first + done) % run;
        const std::uint64_t items = std::min(run - within, count - done);
        transfer(places_[static_cast<std::size_t>((first + done) / run)] + within * item_bytes(), done,
                 items);
        done += items;
    }
}

void Dataset::read(Index first, std::uint64_t count, void* numbers) const {
    check_bounds(first, count);
    auto* into = static_cast<std::byte*>(numbers);
    if (compressed_)
        throw UsageError(fmt::format("cannot read {} of {} yet", name_, written_->path()), "it is compressed",
                         "commit the file, then open it");
    if (written_) {
        in_pieces(first, count, [&](std::uint64_t place, std::uint64_t done, std::uint64_t items) {
            written_->read(place, into + done * item_bytes(), items * item_bytes());
        });
    } else if (count > 0) {
        read_->attempt(name_, [&] {
            const hsize_t start = first;
            const hsize_t size = count;
            const Hdf5Space memory(hdf5<H5Screate_simple>(1, &size, nullptr));
            const Hdf5Space space(hdf5<H5Dget_space>(*id_));
            hdf5<H5Sselect_hyperslab>(space.get(), H5S_SELECT_SET, &start, nullptr, &size, nullptr);
            hdf5<H5Dread>(*id_, native_type(shape_.type), memory.get(), space.get(), H5P_DEFAULT, numbers);
        });
    }
}

void Dataset::write(Index first, std::uint64_t count, const void* numbers) {
    if (!written_)
        throw UsageError(fmt::format("cannot write {} of {}", name_, read_->path()),
                         "it was opened to be read", "write to another file");
    check_bounds(first, count);
    const auto* from = static_cast<const std::byte*>(numbers);
    if (compressed_) {
        written_->check_open();
        compressed_->write(first, count, from);
        return;
    }
    in_pieces(first, count, [&](std::uint64_t place, std::uint64_t done, std::uint64_t items) {
        written_->write(place, from + done * item_bytes(), items * item_bytes());
    });
}

void Dataset::append(std::uint64_t count, const void* numbers) {
    if (!written_ || !shape_.grows)
        throw UsageError(fmt::format("cannot append to {}", name_), "it was not made to grow",
                         "make it by Column::growing");
    TeamCore& team = written_->team();
    const std::vector<std::uint64_t> counts = from_all<std::uint64_t>(team, std::array{count});
    std::uint64_t first = shape_.items;
    std::uint64_t items = shape_.items;
    for (std::size_t rank = 0; rank < counts.size(); ++rank) {
        if (rank < static_cast<std::size_t>(team.rank())) first += counts[rank];
        items += counts[rank];
    }
    if (compressed_) {
        compressed_->grow(items);
    } else {
        const std::vector<std::uint64_t> more = written_->lay_out(
            name_, [&](hid_t id) { return extend_dataset(id, name_, items, shape_.chunk, places_.size()); });
        places_.insert(places_.end(), more.begin(), more.end());
    }
    shape_.items = items;
    const Use use(team, "Column::append");
    agree(team, [&] { write(first, count, numbers); });
}

}  // namespace cohort::detail
