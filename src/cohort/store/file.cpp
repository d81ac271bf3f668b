#include <cohort/store/file.hpp>

#include <cohort/plan/error.hpp>
#include <cohort/store/read_file.hpp>
#include <cohort/store/written_file.hpp>
#include <cohort/team/team_core.hpp>

#include <utility>

namespace cohort {

File::File(Team& team, std::string path) : team_(&team), path_(std::move(path)) {}
File::File(File&&) noexcept = default;
File::~File() = default;

void File::check_output(Team& team, const std::string& path, const std::string& program, bool force) {
    const detail::Use use(team.core(), "File::check_output");
    team.agree([&] {
        if (team.is_root()) PendingFile::check(path, detail::WrittenFile::terms_of(program, force));
    });
}

File File::create(Team& team, const std::string& path, const Provenance& provenance, bool force) {
    File file(team, path);
    file.written_ = std::make_shared<detail::WrittenFile>(team.core(), path, provenance, force);
    return file;
}

File File::open(Team& team, const std::string& path) {
    File file(team, path);
    const detail::Use use(team.core(), "File::open");
    team.agree([&] { file.read_ = std::make_shared<detail::ReadFile>(path); });
    return file;
}

void File::set(const std::string& name, const std::string& text) { written()->set(name, text); }
void File::set(const std::string& name, double value) { written()->set(name, value); }
void File::set(const std::string& name, std::uint64_t value) { written()->set(name, value); }

void File::commit() { written()->commit(); }

const std::shared_ptr<detail::WrittenFile>& File::written() const {
    if (!written_)
        throw UsageError("cannot write " + path_, "it was opened to be read", "write to another file");
    return written_;
}

const std::shared_ptr<detail::ReadFile>& File::read() const {
    if (!read_) throw UsageError("cannot read " + path_, "it is being written", "commit it, then open it");
    return read_;
}

}  // namespace cohort
