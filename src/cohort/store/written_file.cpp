#include <cohort/store/written_file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/layout.hpp>
#include <cohort/store/read_file.hpp>
#include <cohort/store/storage_error.hpp>
#include <cohort/store/told.hpp>
#include <cohort/store/transfer.hpp>
#include <cohort/team/collectives.hpp>
#include <cohort/team/team_core.hpp>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <set>
#include <span>

namespace cohort::detail {
namespace {

// Room for what HDF5 writes of its own: attributes, and the places of HDF5 chunks.
constexpr std::uint64_t room_for_metadata = 64 * 1024;

// Collective. The names of the team's hosts, once each, on the root.
std::string hosts_of(TeamCore& team) {
    std::set<std::string> hosts;
    for (const Bytes& name : gather(team, std::as_bytes(std::span(team.host()))))
        hosts.emplace(reinterpret_cast<const char*>(name.data()), name.size());
    return fmt::format("{}", fmt::join(hosts, " "));
}

}  // namespace

PendingFile::Terms WrittenFile::terms_of(const std::string& program, bool force) {
    PendingFile::Terms terms{.force = force, .program = program};
    terms.is_ours = [program](const std::string& path) { return is_finished_file_of(program, path); };
    return terms;
}

WrittenFile::WrittenFile(TeamCore& team, const std::string& path, const Provenance& provenance, bool force)
    : team_(&team), path_(path) {
    const Use use(team, "File::create");
    agree(team, [&] {
        if (!on_root()) return;
        backing_.descriptor = pending_.emplace(path, terms_of(provenance.program, force)).descriptor();
        attempt(path, [&] { file_ = create_hdf5(backing_); });
    });
    open_everywhere();
    set("program", provenance.program);
    set("version", provenance.version);
    set("command_line", provenance.command_line);
    set("seed", provenance.seed);
    set("ranks", static_cast<std::uint64_t>(team.size()));
    set("hosts", hosts_of(team));
    set("start", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))));
}

WrittenFile::~WrittenFile() {
    backing_.error = ECANCELED;  // HDF5 need not finish what is given up
    clean_up();
    close_descriptor();
}

// Local. The root takes away what is needed no more.
void WrittenFile::clean_up() noexcept {
    if (!on_root()) return;
    for (const auto& dataset : compressed_) dataset->clean_up();
}

bool WrittenFile::on_root() const noexcept { return team_->rank() == 0; }

// Collective. What the root made must be seen by all, as the same file.
void WrittenFile::open_everywhere() {
    struct stat status {};
    if (on_root()) {
        descriptor_ = pending_->descriptor();
        temporary_ = pending_->temporary();
        ::fstat(descriptor_, &status);
    }
    const std::vector<char> letters = from_root<char>(*team_, temporary_);
    temporary_.assign(letters.begin(), letters.end());
    struct Made {
        std::uint64_t number;
        std::uint64_t device;
        Process root;
    };
    const Made made =
        from_root<Made>(*team_, std::array{Made{status.st_ino, status.st_dev, Process::this_one()}})[0];
    if (!team_->alone()) lifeline_ = Lifeline(made.root);
    agree(*team_, [&] {
        if (on_root()) return;
        descriptor_ = ::open(temporary_.c_str(), flags_to_share(temporary_.c_str()));
        // Machines number their devices each for itself.
        if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0 || status.st_ino != made.number ||
            (made.root.is_near() && status.st_dev != made.device))
            throw StoreError(fmt::format("cannot create {}", path_),
                             fmt::format("what rank 0 writes there cannot be seen on {}", team_->host()),
                             "choose a folder that all nodes share");
    });
}

std::vector<std::uint64_t> WrittenFile::lay_out(
    const std::string& dataset, const std::function<std::vector<std::uint64_t>(hid_t)>& body) {
    const Use use(*team_, "a change of an HDF5 file");
    std::vector<std::uint64_t> laid;
    if (claims_) backing_.end = claims_->stop(backing_.end);
    agree(*team_, [&] {
        check_open();
        check_lifeline();
        if (!on_root()) return;
        attempt(fmt::format("{} of {}", dataset, path_), [&] { laid = body(file_.get()); });
        if (const int error = take_room(descriptor_, backing_.end + room_for_metadata))
            throw cannot_write(path_, error, "--output", backing_.end);
    });
    if (claims_) claims_->start(from_root<std::uint64_t>(*team_, std::array{backing_.end})[0]);
    return from_root<std::uint64_t>(*team_, laid);
}

std::shared_ptr<Compressed> WrittenFile::compress(const std::string& name, const Dataset::Shape& shape) {
    if (!claims_) {
        const Use use(*team_, "a compressed dataset");
        claims_.emplace(*team_);
    }
    auto made = std::make_shared<Compressed>(*this, name, shape, compressed_.size());
    lay_out(name, [&](hid_t id) { return make_dataset(id, name, shape); });
    compressed_.push_back(made);
    return made;
}

std::uint64_t WrittenFile::add(std::span<const std::byte> bytes) {
    check_open();
    const std::uint64_t place = claims_->take(bytes.size());
    write(place, bytes.data(), bytes.size());
    return place;
}

void WrittenFile::attempt(const std::string& what, const std::function<void()>& body) {
    try {
        body();
    } catch (const Hdf5Error& error) {
        if (backing_.error == 0)
            throw StoreError(fmt::format("cannot write {}", what), error.what(),
                             "choose another name for it");
    }
    if (backing_.error != 0) fail(backing_.error);
}

void WrittenFile::write(std::uint64_t place, const void* from, std::size_t bytes) {
    check_open();
    check_lifeline();
    if (const int error = write_at(descriptor_, place, from, bytes)) fail(error);
}

void WrittenFile::read(std::uint64_t place, void* into, std::size_t bytes) {
    check_open();
    if (const int error = read_at(descriptor_, place, into, bytes)) fail(error);
}

void WrittenFile::set(const std::string& name, AttributeValue value) {
    check_open();
    attributes_[name] = std::move(value);
}

void WrittenFile::commit() {
    const Use use(*team_, "File::commit");
    agree(*team_, [&] {
        check_open();
        check_lifeline();
    });
    std::vector<std::vector<Compressed::Placed>> chunks;
    for (const auto& dataset : compressed_) chunks.push_back(finish(*dataset));
    if (claims_) backing_.end = claims_->stop(backing_.end);
    agree(*team_, [&] {
        if (on_root()) {
            for (std::size_t i = 0; i < chunks.size(); ++i) tell_hdf5(*compressed_[i], std::move(chunks[i]));
            complete();
        } else if (team_->speaks_for_node() && ::fsync(descriptor_) != 0 && errno != EINVAL) {
            fail(errno);
        }
    });
    agree(*team_, [&] {
        close_descriptor();
        clean_up();
        if (on_root()) pending_->commit();
    });
}

// Collective. Makes HDF5 chunks of what is in parts, shared out among the ranks; returns all there are, on the root.
std::vector<Compressed::Placed> WrittenFile::finish(Compressed& dataset) {
    std::vector<std::uint64_t> parted;
    agree(*team_, [&] { parted = dataset.leave_parts(); });
    parted = to_root<std::uint64_t>(*team_, parted);
    std::sort(parted.begin(), parted.end());
    parted.erase(std::unique(parted.begin(), parted.end()), parted.end());
    parted = from_root<std::uint64_t>(*team_, parted);
    agree(*team_, [&] {
        for (auto i = static_cast<std::size_t>(team_->rank()); i < parted.size();
             i += static_cast<std::size_t>(team_->size()))
            dataset.join_parts(parted[i]);
    });
    return to_root<Compressed::Placed>(*team_, dataset.placed());
}

void WrittenFile::tell_hdf5(const Compressed& dataset, std::vector<Compressed::Placed> chunks) {
    std::sort(chunks.begin(), chunks.end(), [](const auto& a, const auto& b) { return a.chunk < b.chunk; });
    attempt(fmt::format("{} of {}", dataset.name(), path_),
            [&] { place_chunks(file_.get(), dataset.name(), dataset.shape(), chunks, backing_); });
}

// All that HDF5 still has to write.
void WrittenFile::complete() {
    attributes_.try_emplace("wall_time",
                            std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count());
    attributes_["complete"] = std::uint64_t{1};
    attempt(path_, [&] {
        for (const auto& [name, value] : attributes_) write_attribute(file_.get(), name, value);
        file_.close();
    });
}

void WrittenFile::check_open() const {
    if (descriptor_ < 0)
        throw UsageError(fmt::format("{} is complete", path_), "it was committed", "write before that");
}

void WrittenFile::check_lifeline() const {
    if (const char* why = lifeline_.cut())
        throw Fault(error_text(fmt::format("cannot go on with {}", path_), why, "start the program again"));
}

void WrittenFile::close_descriptor() noexcept {
    if (descriptor_ >= 0 && !on_root()) ::close(descriptor_);
    descriptor_ = -1;
}

void WrittenFile::fail(int error) const { throw cannot_write(path_, error, "--output"); }

}  // namespace cohort::detail
