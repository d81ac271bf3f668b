#include <cohort/app/launch.hpp>
#include <cohort/app/standard_streams.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/report/mpi_facts.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <sched.h>
#include <string_view>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cohort {
namespace {

std::optional<long> number_in(const char* variable) {
    const char* text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    long value = 0;
    const std::string_view digits = text;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<Launcher> launcher_in(const char* name, const char* rank_variable, const char* ranks_variable) {
    const auto rank = number_in(rank_variable);
    const auto ranks = number_in(ranks_variable);
    if (!rank || !ranks || *ranks < 1) return std::nullopt;
    return Launcher{.name = name, .rank = static_cast<int>(*rank), .ranks = static_cast<int>(*ranks)};
}

// A step that srun started. The batch script and the shell of salloc have step numbers too, from the top of
// 32 bits.
std::optional<Launcher> slurm_step() {
    constexpr long first_special_step = 0xFFFFFFF0L;
    const auto step = number_in("SLURM_STEP_ID");
    if (!step || *step >= first_special_step) return std::nullopt;
    return launcher_in("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS");
}

void set_unless_set(const char* variable, const char* value) { setenv(variable, value, 0); }

// In a container the call by which ranks read each other's memory may be forbidden, and Open MPI finds out
// too late.
bool may_read_other_memory() {
    char from = 1;
    char to = 0;
    const iovec local{.iov_base = &to, .iov_len = 1};
    const iovec remote{.iov_base = &from, .iov_len = 1};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;
}

// A batch system may have given other machines as well.
bool on_one_machine() {
    for (const char* variable : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "PE_HOSTFILE", "FLUX_URI"}) {
        if (std::getenv(variable) != nullptr) return false;
    }
    return true;
}

// What Open MPI 4 and 5 take from the environment rather than as flags, so that other mpiruns work as well.
// What the user has set stays.
void prepare_environment(int ranks) {
    for (const char* variable : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                                 "PRTE_ALLOW_RUN_AS_ROOT", "PRTE_ALLOW_RUN_AS_ROOT_CONFIRM",
                                 // one message is enough, and it is ours
                                 "OMPI_MCA_orte_execute_quiet", "PRTE_MCA_prte_execute_quiet"}) {
        set_unless_set(variable, "1");
    }
    set_unless_set("OMPI_MCA_rmaps_base_oversubscribe", "1");
    set_unless_set("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe");
    // Two programs side by side would be bound to the same cores.
    set_unless_set("OMPI_MCA_hwloc_base_binding_policy", "none");
    set_unless_set("PRTE_MCA_hwloc_default_binding_policy", "none");
    if (ranks > usable_cores()) set_unless_set("OMPI_MCA_mpi_yield_when_idle", "1");
    // On one machine the network is of no use, and Open MPI complains of interfaces that it cannot match.
    if (on_one_machine()) set_unless_set("OMPI_MCA_btl", "self,vader");
    if (!may_read_other_memory()) {
        set_unless_set("OMPI_MCA_btl_vader_single_copy_mechanism", "none");
        set_unless_set("OMPI_MCA_smsc", "^cma,knem,xpmem");
    }
    // Of a Slurm step of one task, whose place mpirun's ranks would otherwise think to be in.
    for (const char* variable : {"PMIX_RANK", "PMIX_NAMESPACE", "PMI_RANK", "PMI_SIZE", "PMI_FD"})
        unsetenv(variable);
}

std::string find_mpirun() {
    if (const char* chosen = std::getenv("COHORT_MPIRUN"); chosen != nullptr && *chosen != '\0')
        return chosen;
    if (access(COHORT_MPIEXEC, X_OK) == 0) return COHORT_MPIEXEC;
    return "mpirun";
}

std::string this_program(const char* called) {
    std::array<char, 4096> path{};
    const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
    if (length <= 0 || static_cast<std::size_t>(length) == path.size()) return called;
    return {path.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Launcher find_launcher() {
    if (const auto found = launcher_in("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"))
        return *found;
    if (const auto found = launcher_in("mpiexec", "PMI_RANK", "PMI_SIZE")) return *found;
    if (const auto found = slurm_step()) return found->ranks > 1 ? *found : Launcher{};
    const auto rank = number_in("PMIX_RANK");
    if (rank && std::getenv("PMIX_NAMESPACE") != nullptr) {
        return {.name = "a PMIx launcher", .rank = static_cast<int>(*rank), .ranks = 0};
    }
    return {};
}

void check_launcher(const Launcher& launcher, int seen) {
    const std::string library = mpi_version();
    if (seen == 0) {
        // Open MPI would end the process here, with a page of text from every rank.
        const bool wired = std::getenv("PMIX_RANK") != nullptr || std::getenv("PMI_FD") != nullptr;
        if (launcher.name != "srun" || wired || !library.starts_with("Open MPI")) return;
        throw UsageError(
            fmt::format("the {} ranks that srun started cannot find one another", launcher.ranks),
            "srun offered them no PMIx", "start with srun --mpi=pmix, or with mpirun");
    }
    if (seen >= launcher.ranks) return;
    throw UsageError(fmt::format("{} started {} ranks, but MPI sees {}", launcher.name, launcher.ranks, seen),
                     fmt::format("it does not belong to {}, which this program uses", library),
                     "start with the mpirun of that library, or with -j");
}

int usable_cores() {
    constexpr std::size_t most_cores = 1 << 16;
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(most_cores),
                                                               [](cpu_set_t* cores) { CPU_FREE(cores); });
    const std::size_t size = CPU_ALLOC_SIZE(most_cores);
    if (!set || sched_getaffinity(0, size, set.get()) != 0) return 1;
    return CPU_COUNT_S(size, set.get());
}

void start_again(int ranks, int argc, char** argv) {
    prepare_environment(ranks);
    if (on_one_machine()) detail::leave_standard_streams();
    std::vector<std::string> words{find_mpirun(), "-n", std::to_string(ranks), this_program(argv[0])};
    words.insert(words.end(), argv + 1, argv + argc);
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execvp(pointers[0], pointers.data());
    throw UsageError(fmt::format("cannot start {} ranks", ranks),
                     fmt::format("{}: {}", words.front(), std::strerror(errno)),
                     "install mpirun, name it in COHORT_MPIRUN, or leave -j out");
}

}  // namespace cohort
