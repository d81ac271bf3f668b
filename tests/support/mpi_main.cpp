// GoogleTest's main for tests under MPI.
//
// Every rank runs every test. Rank 0 prints as usual and the others print what fails on them, marked with their rank.
// The result is reduced over the ranks, so a test that fails on any of them fails the run, and a rank that is gone
// makes the reduction, and so the run, fail or hang until it is ended from outside. A file that GoogleTest is asked to
// write gets the rank in its name, because ranks would overwrite each other's.
#include <support/mpi_main.hpp>

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

std::vector<std::function<void()>>& closers() {
    static std::vector<std::function<void()>> all;
    return all;
}

// Prints the failures of one rank, each with the rank and the name of its test, in one write.
class FailurePrinter : public testing::EmptyTestEventListener {
  public:
    explicit FailurePrinter(int rank) : rank_(rank) {}

  private:
    void OnTestStart(const testing::TestInfo& test) override {
        name_ = std::string(test.test_suite_name()) + "." + test.name();
    }
    void OnTestPartResult(const testing::TestPartResult& result) override {
        if (!result.failed()) return;
        const std::string place = result.file_name()
                                      ? result.file_name() + (":" + std::to_string(result.line_number()))
                                      : "unknown file";
        std::fputs(("[rank " + std::to_string(rank_) + "] " + name_ + "\n" + place + ": Failure\n" +
                    result.message() + "\n")
                       .c_str(),
                   stdout);
        std::fflush(stdout);
    }

    int rank_;
    std::string name_ = "outside of any test";
};

// "xml:report/out.xml" on rank 3 becomes "xml:report/out.rank3.xml"; a bare "xml" becomes "xml:test_detail.rank3.xml".
std::string output_of_rank(const std::string& output, int rank) {
    const std::string suffix = ".rank" + std::to_string(rank);
    const auto colon = output.find(':');
    if (colon == std::string::npos) return output + ":test_detail" + suffix + "." + output;
    const auto dot = output.rfind('.');
    const auto slash = output.rfind('/');
    const bool has_extension = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    return has_extension ? output.substr(0, dot) + suffix + output.substr(dot) : output + suffix;
}

// GoogleTest opens its output file while it reads its flags, so this has to come before InitGoogleTest.
std::vector<std::string> arguments_of_rank(int argc, char** argv, int rank) {
    const std::string flag = "--gtest_output=";
    std::vector<std::string> arguments(argv, argv + argc);
    if (const char* output = std::getenv("GTEST_OUTPUT")) {
        ::setenv("GTEST_OUTPUT", output_of_rank(output, rank).c_str(), 1);
        testing::GTEST_FLAG(output) = output_of_rank(output, rank);
    }
    for (std::string& argument : arguments) {
        if (argument.starts_with(flag)) argument = flag + output_of_rank(argument.substr(flag.size()), rank);
    }
    return arguments;
}

void listen(int rank) {
    testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
    if (rank != 0) {
        delete listeners.Release(listeners.default_result_printer());
        listeners.Append(new FailurePrinter(rank));
    }
}

}  // namespace

namespace cohort::testing {

void close_at_end(std::function<void()> close) { closers().push_back(std::move(close)); }

}  // namespace cohort::testing

int main(int argc, char** argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    std::vector<std::string> arguments = arguments_of_rank(argc, argv, rank);
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int count = static_cast<int>(arguments.size());
    testing::InitGoogleTest(&count, pointers.data());
    listen(rank);

    int result = RUN_ALL_TESTS();
    if (testing::UnitTest::GetInstance()->test_to_run_count() == 0) {
        std::fprintf(stderr, "[rank %d] no test was run (the filter leaves none); give another filter\n",
                     rank);
        result = 1;
    }
    int worst = 1;
    MPI_Allreduce(&result, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (worst != 0) {
        // What a failed test left unfinished could make an orderly end hang.
        std::fflush(nullptr);
        MPI_Barrier(MPI_COMM_WORLD);
        MPI_Abort(MPI_COMM_WORLD, 1);
        return 1;
    }
    for (auto closer = closers().rbegin(); closer != closers().rend(); ++closer) (*closer)();
    MPI_Finalize();
    return 0;
}
