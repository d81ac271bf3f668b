// The doctor's verdicts, on machines that nobody has to have.
#include <cohort/report/cgroup.hpp>
#include <cohort/report/judgement.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace cohort::detail {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;
constexpr std::uint64_t gib = std::uint64_t{1} << 30;

Seat seat(const std::string& cores, const std::string& host = "node1") {
    Seat result;
    result.host = host;
    result.cores = cores;
    result.memory = 8 * gib;
    result.shared_memory = 4 * gib;
    result.instruction_sets = "sse4_2 avx2";
    result.clock_read = 25e-9;
    result.output = {.path = "out",
                     .type = "ext4",
                     .kind = FileSystemKind::local,
                     .free = 100 * gib,
                     .exists = true,
                     .writable = true};
    return result;
}

std::vector<Seat> seats(const std::vector<std::string>& cores) {
    std::vector<Seat> result;
    for (const std::string& list : cores) result.push_back(seat(list));
    return result;
}

template <typename Change>
std::vector<Seat> changed(std::vector<Seat> all, const Change& change) {
    for (Seat& each : all) change(each);
    return all;
}

// Whatever is not good says what to do.
void expect(const Finding& finding, Health verdict, const std::string& what) {
    SCOPED_TRACE(finding.name + ": " + finding.value);
    EXPECT_EQ(name(finding.verdict), name(verdict)) << what;
    EXPECT_FALSE(finding.name.empty());
    EXPECT_FALSE(finding.value.empty());
    EXPECT_EQ(finding.figure.has_value(), !finding.unit.empty());
    if (verdict == Health::warning || verdict == Health::bad) {
        EXPECT_NE(finding.advice.find("; "), std::string::npos);
    }
}

TEST(Binding, IsBadOnlyIfRanksShareCoresThatOthersDoNotUse) {
    struct {
        std::vector<std::string> cores;
        Health verdict;
    } const table[]{
        {{"0"}, Health::good},
        {{"0-3"}, Health::good},
        {{"0-3", "0-3"}, Health::good},
        {{"0", "1"}, Health::good},
        {{"0-1", "2-3"}, Health::good},
        {{"0-1", "0-1", "0-1", "0-1"}, Health::good},  // too many ranks, which is another finding
        {{"0", "0"}, Health::bad},
        {{"0", "1", "1"}, Health::bad},
        {{"0-1", "0-1", "0-1", "2-3"}, Health::bad},
        {{"0-1", "0-1", "2-3", "2-3"}, Health::good},
        {{""}, Health::none},
    };
    for (const auto& row : table)
        expect(judge_binding(seats(row.cores)), row.verdict, testing::PrintToString(row.cores));
}

TEST(Binding, OfDifferentHostsIsNotMixedUp) {
    expect(judge_binding({seat("0", "node1"), seat("0", "node2")}), Health::good, "one rank each");
    const Finding finding = judge_binding({seat("0", "node1"), seat("0", "node2"), seat("0", "node2")});
    expect(finding, Health::bad, "two on the second");
    EXPECT_EQ(finding.value, "ranks 1-2 of node2 share core 0");
}

TEST(RanksAndCores, AreCountedByHost) {
    expect(judge_cores(seats({"0-1", "0-1"})), Health::good, "as many");
    expect(judge_cores(seats({"0", "1", "2"})), Health::good, "bound one by one");
    const Finding finding = judge_cores(seats({"0-1", "0-1", "0-1"}));
    expect(finding, Health::warning, "one too many");
    EXPECT_EQ(finding.value, "3 ranks on 2 cores of node1");
    EXPECT_EQ(finding.figure, 1.5);
    expect(judge_cores({seat("0", "node1"), seat("0", "node2")}), Health::good, "one on each");
    expect(judge_cores({seat("0-7", "node1"), seat("0", "node2"), seat("0", "node2")}), Health::warning,
           "two on one");
    expect(judge_cores(seats({""})), Health::none, "unknown");
}

TEST(Quotas, AreBadBelowACoreARank) {
    struct {
        double quota;
        Health verdict;
    } const table[]{
        {0, Health::good}, {0.5, Health::bad}, {1.99, Health::bad}, {2, Health::good}, {64, Health::good}};
    for (const auto& row : table) {
        const auto two = changed(seats({"0-7", "0-7"}), [&](Seat& each) { each.cpu_quota = row.quota; });
        expect(judge_quota(two), row.verdict, std::to_string(row.quota));
    }
}

TEST(Quotas, AreReadAsTheKernelWritesThem) {
    EXPECT_EQ(quota_in("50000 100000\n"), 0.5);
    EXPECT_EQ(quota_in("400000 100000"), 4.0);
    for (const char* none : {"max 100000\n", "", "-1 100000", "50000", "50000 0", "words"})
        EXPECT_EQ(quota_in(none), std::nullopt) << none;
}

class ControlGroups : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "cohort-cgroup-XXXXXX";
        ASSERT_NE(mkdtemp(name.data()), nullptr);
        folder_ = name;
        places_ = {.membership = folder_ / "membership", .top = folder_ / "top"};
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void write(const std::filesystem::path& name, const std::string& text) {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }

    std::filesystem::path folder_;
    CgroupPlaces places_;
};

TEST_F(ControlGroups, LimitByTheTightestOnTheWayUp) {
    write("membership", "0::/job/step\n");
    EXPECT_EQ(cpu_quota(places_), std::nullopt);
    EXPECT_EQ(memory_left(places_), std::nullopt);
    write("top/job/cpu.max", "150000 100000\n");
    write("top/job/step/cpu.max", "max 100000\n");
    EXPECT_EQ(cpu_quota(places_), 1.5);
    write("top/job/step/cpu.max", "100000 100000\n");
    EXPECT_EQ(cpu_quota(places_), 1.0);
    write("top/job/memory.max", "1000\n");
    write("top/job/memory.current", "900\n");
    write("top/job/memory.stat", "anon 600\ninactive_file 250\nactive_file 50\n");
    write("top/job/step/memory.max", "max\n");
    write("top/job/step/memory.current", "10\n");
    EXPECT_EQ(memory_left(places_), 350U);
}

TEST_F(ControlGroups, OfAContainerAreAtTheTop) {
    write("membership", "0::/a/name/that/is/not/there\n");
    write("top/cpu.max", "25000 100000\n");
    EXPECT_EQ(cpu_quota(places_), 0.25);
}

TEST_F(ControlGroups, OfVersion1AreReadToo) {
    write("membership", "5:cpu,cpuacct:/box\n4:memory:/box\n3:cpuset:/\n");
    write("top/cpu/box/cpu.cfs_period_us", "100000\n");
    write("top/cpu/box/cpu.cfs_quota_us", "-1\n");
    EXPECT_EQ(cpu_quota(places_), std::nullopt);
    write("top/cpu/box/cpu.cfs_quota_us", "200000\n");
    EXPECT_EQ(cpu_quota(places_), 2.0);
    write("top/memory/box/memory.limit_in_bytes", "1000\n");
    write("top/memory/box/memory.usage_in_bytes", "1200\n");
    EXPECT_EQ(memory_left(places_), 0U);
}

TEST(Memory, IsJudgedByRank) {
    struct {
        std::uint64_t free;
        Health verdict;
    } const table[]{{0, Health::none},
                    {100 * mib, Health::bad},
                    {200 * mib, Health::warning},
                    {512 * mib, Health::good},
                    {gib, Health::good}};
    for (const auto& row : table) {
        const auto two = changed(seats({"0-1", "0-1"}), [&](Seat& each) { each.memory = row.free; });
        expect(judge_memory(two), row.verdict, std::to_string(row.free));
    }
}

TEST(SharedMemory, OfTheFullestHostCounts) {
    struct {
        std::uint64_t free;
        Health verdict;
    } const table[]{
        {0, Health::bad}, {8 * mib, Health::bad}, {64 * mib, Health::warning}, {gib, Health::good}};
    for (const auto& row : table) {
        std::vector<Seat> two{seat("0", "node1"), seat("0", "node2")};
        two[1].shared_memory = row.free;
        const Finding finding = judge_shared_memory(two);
        expect(finding, row.verdict, std::to_string(row.free));
        EXPECT_NE(finding.value.find("node2"), std::string::npos);
    }
}

TEST(Processors, AreBestAllAlikeAndRecent) {
    const auto of = [](const std::string& first, const std::string& second) {
        std::vector<Seat> two{seat("0", "node1"), seat("0", "node2")};
        two[0].instruction_sets = first;
        two[1].instruction_sets = second;
        return judge_processors(two);
    };
    expect(of("sse4_2 avx avx2", "sse4_2 avx avx2"), Health::good, "alike");
    expect(of("sse4_2 avx avx2", "sse4_2 avx avx2 avx512f"), Health::warning, "mixed");
    expect(of("sse4_2 avx", "sse4_2 avx"), Health::warning, "old");
    expect(of("asimd sve", "asimd sve"), Health::good, "ARM");
    expect(of("", ""), Health::none, "unknown");
}

TEST(OutputFolders, AreJudgedByTheirFileSystem) {
    struct {
        FileSystemKind kind;
        Health on_one_host;
        Health on_two;
    } const table[]{{FileSystemKind::memory, Health::warning, Health::bad},
                    {FileSystemKind::local, Health::good, Health::bad},
                    {FileSystemKind::layer, Health::warning, Health::bad},
                    {FileSystemKind::network, Health::warning, Health::warning},
                    {FileSystemKind::parallel, Health::good, Health::good},
                    {FileSystemKind::unknown, Health::none, Health::none}};
    for (const auto& row : table) {
        const auto set = [&](Seat& each) { each.output.kind = row.kind; };
        const std::string kind = std::to_string(static_cast<int>(row.kind));
        expect(judge_output(changed(seats({"0", "1"}), set)), row.on_one_host, kind);
        expect(judge_output(changed({seat("0", "node1"), seat("0", "node2")}, set)), row.on_two, kind);
    }
}

TEST(OutputFolders, ThatCannotBeWrittenAreBad) {
    const auto with = [](const auto& change) { return judge_output(changed(seats({"0"}), change)); };
    expect(with([](Seat& each) { each.output.exists = false; }), Health::bad, "not there");
    expect(with([](Seat& each) { each.output.writable = false; }), Health::bad, "read-only");
    expect(with([](Seat& each) { each.output.free = 10 * mib; }), Health::warning, "full");
    std::vector<Seat> two{seat("0", "node1"), seat("0", "node2")};
    for (Seat& each : two) each.output.kind = FileSystemKind::parallel;
    two[1].output.exists = false;
    expect(judge_output(two), Health::bad, "missing on one host");
    two[1].output.exists = true;
    two[1].output.type = "xfs";
    expect(judge_output(two), Health::bad, "not the same");
}

TEST(OutputFolders, AreThoseOfTheFile) {
    EXPECT_EQ(output_folder("").path, ".");
    EXPECT_EQ(output_folder("a.h5").path, ".");
    EXPECT_FALSE(output_folder("/nowhere/at/all/a.h5").exists);
    const OutputFolder here = output_folder(testing::TempDir() + "a.h5");
    EXPECT_TRUE(here.exists);
    EXPECT_TRUE(here.writable);
    EXPECT_FALSE(here.type.empty());
}

TEST(FileSystems, HaveNames) {
    EXPECT_EQ(file_system_type(0xEF53).name, "ext4");
    EXPECT_EQ(file_system_type(0x6969).kind, FileSystemKind::network);
    EXPECT_EQ(file_system_type(0x0BD00BD0).kind, FileSystemKind::parallel);
    EXPECT_EQ(file_system_type(0x01021994).kind, FileSystemKind::memory);
    EXPECT_EQ(file_system_type(0x1234).name, "type 0x1234");
    EXPECT_EQ(file_system_type(0x1234).kind, FileSystemKind::unknown);
}

TEST(Clocks, AreGoodIfTheyAreReadInNoTime) {
    for (const auto& [seconds, verdict] :
         {std::pair{25e-9, Health::good}, std::pair{1e-6, Health::warning}}) {
        const double read = seconds;
        expect(judge_clock(changed(seats({"0"}), [read](Seat& each) { each.clock_read = read; })), verdict,
               "");
    }
}

TEST(Times, AreJudgedByWhatIsUsual) {
    expect(judge_claim(50e-9, 8), Health::good, "claim");
    expect(judge_claim(5e-6, 8), Health::warning, "claim");
    expect(judge_claim(1e-3, 8), Health::bad, "claim");
    expect(judge_message_within(0.3e-6), Health::good, "within");
    expect(judge_message_within(10e-6), Health::warning, "within");
    expect(judge_message_within(5e-3), Health::bad, "within");
    expect(judge_message_within({}), Health::none, "within");
    expect(judge_message_between(2e-6), Health::good, "between");
    expect(judge_message_between(30e-6), Health::warning, "between");
    expect(judge_message_between(2e-3), Health::bad, "between");
    expect(judge_message_between({}), Health::none, "between");
    expect(judge_batch(20e-6, ""), Health::good, "batch");
    expect(judge_batch(1e-3, ""), Health::warning, "batch");
    expect(judge_batch(10e-3, ""), Health::bad, "batch");
    expect(judge_batch({}, "one node"), Health::none, "batch");
    expect(judge_busy_batch(5e-3, 50e-3, ""), Health::good, "busy: a helper answers");
    expect(judge_busy_batch(50e-3, 50e-3, ""), Health::warning, "busy: nobody does");
    expect(judge_busy_batch({}, 50e-3, "one node"), Health::none, "busy");
}

TEST(Transports, OfOpenMpiAreToldByItsComponents) {
    struct {
        std::set<std::string> components;
        const char* name;
        Health on_one_host;
        Health on_two;
    } const table[]{
        {{"pml_base", "pml_ob1", "btl_base", "btl_self", "btl_vader", "mtl_ofi"},
         "ob1 over self, vader",
         Health::good,
         Health::none},
        {{"pml_ob1", "btl_self", "btl_sm", "btl_tcp"},
         "ob1 over self, sm, tcp",
         Health::good,
         Health::warning},
        {{"pml_ob1", "btl_self", "btl_tcp"}, "ob1 over self, tcp", Health::bad, Health::warning},
        {{"pml_ob1", "btl_self", "btl_openib", "btl_vader"},
         "ob1 over openib, self, vader",
         Health::good,
         Health::good},
        {{"pml_ucx", "btl_base"}, "UCX", Health::good, Health::good},
        {{"pml_cm", "mtl_base", "mtl_psm2"}, "cm over psm2", Health::good, Health::good},
        {{"pml_yalla"}, "yalla", Health::none, Health::none},
        {{}, "unknown", Health::none, Health::none},
    };
    for (const auto& row : table) {
        const MpiPath transport = open_mpi_transport(row.components);
        EXPECT_EQ(judge_transport(transport, 1).value, row.name);
        expect(judge_transport(transport, 1), row.on_one_host, row.name);
        expect(judge_transport(transport, 2), row.on_two, row.name);
    }
    expect(judge_transport({}, 1), Health::none, "alone");
}

TEST(Transports, OfMpichAreInItsVersion) {
    EXPECT_EQ(mpich_transport("MPICH Version:\t4.0.2\nMPICH Device:\tch4:ofi\nMPICH configure: x\n").name,
              "ch4:ofi");
    EXPECT_EQ(mpich_transport("Intel(R) MPI Library 2021.9\n").name, "");
    EXPECT_EQ(mpich_transport("MPICH Device:").name, "");
}

TEST(ThreadLevels, MatterBetweenNodes) {
    expect(judge_threads(true, 4), Health::good, "MULTIPLE");
    expect(judge_threads(false, 1), Health::good, "one node");
    expect(judge_threads(false, 4), Health::warning, "no helper");
    expect(judge_threads({}, 1), Health::none, "alone");
}

TEST(Nodes, AreNamedWithTheirRanks) {
    NodeMap map{.ranks = {{0, 1}, {2, 3}}, .hosts = {"node1", "node2"}};
    const Finding finding = judge_nodes(map);
    expect(finding, Health::good, "two hosts");
    EXPECT_EQ(finding.value, "2 (node1: ranks 0-1; node2: ranks 2-3)");
    map.hosts[1] = "node1";
    expect(judge_nodes(map), Health::warning, "one host, two memories");
    map.is_pretended = true;
    expect(judge_nodes(map), Health::warning, "pretended");
    NodeMap many;
    for (int node = 0; node < 1000; ++node) {
        many.ranks.push_back({node});
        many.hosts.push_back("node" + std::to_string(node));
    }
    EXPECT_LT(judge_nodes(many).value.size(), 300U);
}

TEST(CoreLists, AreReadAsTheyAreWritten) {
    struct {
        std::vector<int> cores;
        const char* text;
    } const table[]{
        {{}, ""}, {{3}, "3"}, {{0, 1, 2, 3}, "0-3"}, {{0, 2}, "0,2"}, {{0, 1, 2, 8, 10, 11}, "0-2,8,10-11"}};
    for (const auto& row : table) {
        EXPECT_EQ(core_list(row.cores), row.text);
        EXPECT_EQ(cores_in(row.text), row.cores);
    }
}

TEST(Diagnoses, AreAsBadAsTheirWorstFinding) {
    Diagnosis diagnosis;
    EXPECT_EQ(diagnosis.verdict(), Health::none);
    diagnosis.findings = {judge_claim(50e-9, 2), judge_claim(1e-3, 2), judge_claim(5e-6, 2)};
    EXPECT_EQ(diagnosis.verdict(), Health::bad);
    diagnosis.findings.erase(diagnosis.findings.begin() + 1);
    EXPECT_EQ(diagnosis.verdict(), Health::warning);
}

TEST(Diagnoses, AreTextOfBoundedWidthThatEndsWithACount) {
    const Diagnosis diagnosis{
        .findings = {judge_claim(50e-9, 2), judge_claim(5e-6, 2), judge_message_within({})}};
    const std::string written = text(diagnosis);
    EXPECT_EQ(written.find("good     claim              50 ns with 2 ranks of a node at it\n"), 0U)
        << written;
    EXPECT_NE(written.find("\nwarning  claim              5 us with 2 ranks of a node at it\n             "),
              std::string::npos)
        << written;
    EXPECT_NE(written.find("\n-        message in a node  no node has two ranks\n"), std::string::npos)
        << written;
    EXPECT_TRUE(written.ends_with("\n1 good, 1 warning, 0 bad\n")) << written;
    for (std::size_t at = 0, end = 0; (end = written.find('\n', at)) != std::string::npos; at = end + 1)
        EXPECT_LE(end - at, 100U);
}

}  // namespace
}  // namespace cohort::detail
