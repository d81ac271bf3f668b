#include <cohort/report/mpi_facts.hpp>

#include <cohort/team/mpi.hpp>
#include <cohort/team/team_core.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <sched.h>
#include <vector>

namespace cohort {
namespace {

constexpr int ping_tag = 64;  // beyond those of team/mpi.hpp

std::string library_version() {
    std::string text(MPI_MAX_LIBRARY_VERSION_STRING, '\0');
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    text.resize(static_cast<std::size_t>(length));
    return text;
}

// Whatever cannot be asked for is left out: the doctor then says that it does not know.
std::set<std::string> control_variables() {
    std::set<std::string> names;
    // Open MPI takes what is asked for here as the level of the whole process from then on.
    int level = MPI_THREAD_SINGLE;
    detail::check_mpi(MPI_Query_thread(&level), "MPI_Query_thread");
    int provided = level;
    if (MPI_T_init_thread(level, &provided) != MPI_SUCCESS) return names;
    int count = 0;
    if (MPI_T_cvar_get_num(&count) != MPI_SUCCESS) count = 0;
    for (int i = 0; i < count; ++i) {
        std::array<char, 256> name{};
        std::array<char, 1> description{};
        int name_length = name.size();
        int description_length = description.size();
        int verbosity = 0;
        int binding = 0;
        int scope = 0;
        MPI_Datatype type = MPI_DATATYPE_NULL;
        MPI_T_enum values = MPI_T_ENUM_NULL;
        if (MPI_T_cvar_get_info(i, name.data(), &name_length, &verbosity, &type, &values, description.data(),
                                &description_length, &binding, &scope) == MPI_SUCCESS) {
            names.insert(name.data());
        }
    }
    MPI_T_finalize();
    return names;
}

// Without blocking inside MPI, and without the naps of other waits, which would be measured too.
void finish(MPI_Request& request, bool oversubscribed) {
    for (int done = 0; done == 0;) {
        detail::check_mpi(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
        if (done == 0 && oversubscribed) sched_yield();
    }
}

void send_ping(Team& team, int to) {
    const std::uint64_t word = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    detail::check_mpi(MPI_Isend(&word, 1, MPI_UINT64_T, to, ping_tag, team.comm(), &request), "MPI_Isend");
    finish(request, team.core().oversubscribed());
}

void receive_ping(Team& team, int from) {
    std::uint64_t word = 0;
    MPI_Request request = MPI_REQUEST_NULL;
    detail::check_mpi(MPI_Irecv(&word, 1, MPI_UINT64_T, from, ping_tag, team.comm(), &request), "MPI_Irecv");
    finish(request, team.core().oversubscribed());
}

}  // namespace

std::string mpi_version() {
    int major = 0;
    int minor = 0;
    MPI_Get_version(&major, &minor);
    const std::string library = library_version();
    return fmt::format("{} (MPI {}.{})", library.substr(0, library.find_first_of(",\n")), major, minor);
}

namespace detail {

MpiPath transport() {
    const std::string version = library_version();
    if (!version.starts_with("Open MPI")) return mpich_transport(version);
    std::set<std::string> components;
    for (const std::string& name : control_variables()) {
        const std::size_t end = name.find('_', std::string_view("pml_").size());
        components.insert(name.substr(0, end));
    }
    return open_mpi_transport(components);
}

MpiPath open_mpi_transport(const std::set<std::string>& components) {
    const auto of = [&](const std::string& framework) {
        std::vector<std::string> names;
        for (const std::string& component : components) {
            if (component.starts_with(framework) && component != framework + "base")
                names.push_back(component.substr(framework.size()));
        }
        return names;
    };
    const std::vector<std::string> engines = of("pml_");
    const auto uses = [&](const char* name) { return components.contains(name); };
    if (uses("pml_ucx")) return {.name = "UCX", .is_quick = true};
    if (uses("pml_cm"))
        return {.name = fmt::format("cm over {}", fmt::join(of("mtl_"), ", ")), .is_quick = true};
    if (!uses("pml_ob1")) {
        return {.name = engines.empty() ? "" : fmt::format("{}", fmt::join(engines, ", "))};
    }
    const bool memory = uses("btl_vader") || uses("btl_sm");
    const bool network = uses("btl_uct") || uses("btl_ofi") || uses("btl_openib") || uses("btl_usnic");
    return {.name = fmt::format("ob1 over {}", fmt::join(of("btl_"), ", ")),
            .is_quick = network,
            .uses_tcp = uses("btl_tcp"),
            .uses_memory = memory};
}

MpiPath mpich_transport(std::string_view version) {
    constexpr std::string_view key = "Device:";
    const std::size_t at = version.find(key);
    if (at == std::string_view::npos) return {};
    std::string_view device = version.substr(at + key.size());
    device = device.substr(std::min(device.find_first_not_of(" \t"), device.size()));
    device = device.substr(0, device.find_first_of("\n "));
    return {.name = std::string(device)};
}

bool threads_are_free() {
    int level = MPI_THREAD_SINGLE;
    check_mpi(MPI_Query_thread(&level), "MPI_Query_thread");
    return level == MPI_THREAD_MULTIPLE;
}

std::optional<double> message_time(Team& team, int a, int b) {
    using Clock = std::chrono::steady_clock;
    constexpr int warm_up = 20;
    constexpr std::size_t measured = 200;
    std::vector<double> times;
    for (std::size_t trip = 0; trip < warm_up + measured; ++trip) {
        const Clock::time_point start = Clock::now();
        if (team.rank() == a) {
            send_ping(team, b);
            receive_ping(team, b);
        } else {
            receive_ping(team, a);
            send_ping(team, a);
        }
        if (trip >= warm_up) times.push_back(std::chrono::duration<double>(Clock::now() - start).count() / 2);
    }
    if (team.rank() != a) return std::nullopt;
    const auto middle = times.begin() + measured / 2;
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

}  // namespace detail

}  // namespace cohort
