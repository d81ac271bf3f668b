#include <cohort/app/output.hpp>

#include <cohort/app/version.hpp>
#include <cohort/run/exchange.hpp>

#include <string>

namespace cohort {

std::optional<File> create_output(Team& team, const Program& program) {
    const Common& common = program.common();
    if (common.output.empty()) {
        return std::nullopt;
    }
    const Provenance provenance{program.name(), std::string(version()), program.command_line(), common.seed};
    return File::create(team, common.output, provenance, common.force);
}

void complete_output(File& file, const Program& program) {
    const Balance balance = broadcast(file.team(), program.balance());
    file.set("wall_time", balance.wall_time);
    file.set("serial_time", balance.serial_time);
    file.commit();
}

}  // namespace cohort
