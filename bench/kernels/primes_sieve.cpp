// Primes counted, listed and printed: by one core beside primesieve and fmt, and by whole commands on two cores.

#include "command.hpp"
#include "kernel.hpp"

#include <primes/lines.hpp>
#include <primes/sieve.hpp>

#include <fmt/compile.h>
#include <fmt/format.h>
#include <primesieve.hpp>

#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace cohort;
using namespace cohort::primes;

constexpr Range counted{1'000'000'000'000, 1'000'000'000};
constexpr Range listed{1'000'000'000'000, 100'000'000};
constexpr double listed_primes = 3'618'282;

void count(Isa) {
    const Grains pieces = counting_pieces(counted, 1);
    bench::print(bench::speed(static_cast<double>(counted.count), [&] {
        for (std::uint64_t i = 0; i < pieces.count(); ++i) bench::keep(count_primes(pieces[i].items()));
    }));
}

void count_by_primesieve(Isa) {
    primesieve::set_num_threads(1);
    bench::print(bench::speed(static_cast<double>(counted.count), [] {
        bench::keep(primesieve::count_primes(counted.first, counted.first + counted.count - 1));
    }));
}

void list(Isa) {
    std::vector<std::uint64_t> block(1 << 17);
    bench::print(bench::speed(listed_primes, [&] {
        PrimeStream stream(listed);
        stream.turn_to(listed);
        while (stream.read(block) > 0) bench::keep(block.front());
    }));
}

void list_by_primesieve(Isa) {
    bench::print(bench::speed(listed_primes, [] {
        primesieve::iterator primes(listed.first, listed.first + listed.count);
        std::uint64_t prime = 0;
        while ((prime = primes.next_prime()) < listed.first + listed.count) bench::keep(prime);
    }));
}

std::vector<std::uint64_t> some_primes() {
    std::vector<std::uint64_t> primes(100'000);
    PrimeStream stream(listed);
    stream.turn_to(listed);
    primes.resize(stream.read(primes));
    return primes;
}

void lines(Isa) {
    const std::vector<std::uint64_t> primes = some_primes();
    Lines lines;
    std::string text;
    bench::print(bench::speed(static_cast<double>(primes.size()), [&] {
        text.clear();
        for (std::size_t at = 0; at < primes.size(); at += 1000) {
            lines.append(
                text, std::span(primes).subspan(at).first(std::min<std::size_t>(1000, primes.size() - at)));
        }
        bench::keep(text.back());
    }));
}

void lines_by_fmt(Isa) {
    const std::vector<std::uint64_t> primes = some_primes();
    std::string text;
    bench::print(bench::speed(static_cast<double>(primes.size()), [&] {
        text.clear();
        for (const std::uint64_t prime : primes)
            fmt::format_to(std::back_inserter(text), FMT_COMPILE("{}\n"), prime);
        bench::keep(text.back());
    }));
}

// A range whose primes are listed to a file; so far up that the sieve, or so far down that the file system, takes longer.
struct Listing {
    const char* from;
    const char* length;
    double primes;
};
constexpr Listing near_1e12{"1e12", "4e9", 144'754'416};
constexpr Listing near_1e15{"1e15", "8e9", 231'623'391};
constexpr Listing near_1e18{"1e18", "4e9", 96'511'321};

// For writing; removed afterwards.
class BenchFile {
  public:
    BenchFile() = default;
    ~BenchFile() { std::filesystem::remove(path_); }
    BenchFile(const BenchFile&) = delete;
    BenchFile& operator=(const BenchFile&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }

  private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("bench-list-" + std::to_string(::getpid()));
};

template <const Listing& listing>
void list_to_a_file(Isa) {
    const BenchFile file;
    bench::command(listing.primes, fmt::format("{} list {} +{} --output {}", bench::primes_on_two_ranks(),
                                               listing.from, listing.length, file.path()));
}

// Counting, which spares it to write the primes out.
template <const Listing& listing>
void sieve_alone(Isa) {
    bench::command(listing.primes, fmt::format("primesieve {} -d{} -t2 -q", listing.from, listing.length));
}

// As many numbers of 8 bytes, until they are on the disk.
template <const Listing& listing>
void disk_alone(Isa) {
    const BenchFile file;
    bench::command(listing.primes,
                   fmt::format("dd if=/dev/zero of={} bs=1M count={} conv=fsync status=none", file.path(),
                               static_cast<std::uint64_t>(listing.primes * 8 / (1 << 20))));
}

std::string count_on_two_ranks() { return bench::primes_on_two_ranks() + "count "; }

}  // namespace

int main(int argc, char** argv) {
    return bench::run_contestant(
        {{"count", count},
         {"count-primesieve", count_by_primesieve},
         {"list", list},
         {"list-primesieve", list_by_primesieve},
         {"lines", lines},
         {"lines-fmt", lines_by_fmt},
         {"sieve-1e11", [](Isa) { bench::command(1e11, count_on_two_ranks() + "1e11 --method sieve"); }},
         {"sieve-1e11-primesieve", [](Isa) { bench::command(1e11, "primesieve 1e11 -t2 -q"); }},
         {"sieve-1e18",
          [](Isa) { bench::command(1e10, count_on_two_ranks() + "1e18 +1e10 --method sieve"); }},
         {"sieve-1e18-primesieve", [](Isa) { bench::command(1e10, "primesieve 1e18 -d1e10 -t2 -q"); }},
         {"file-1e12", list_to_a_file<near_1e12>},
         {"file-1e12-primesieve", sieve_alone<near_1e12>},
         {"file-1e12-disk", disk_alone<near_1e12>},
         {"file-1e15", list_to_a_file<near_1e15>},
         {"file-1e15-primesieve", sieve_alone<near_1e15>},
         {"file-1e15-disk", disk_alone<near_1e15>},
         {"file-1e18", list_to_a_file<near_1e18>},
         {"file-1e18-primesieve", sieve_alone<near_1e18>},
         {"file-1e18-disk", disk_alone<near_1e18>},
         {"count-1e15", [](Isa) { bench::command(1e15, count_on_two_ranks() + "1e15"); }},
         {"count-1e15-primecount", [](Isa) { bench::command(1e15, "primecount 1e15 -t2"); }}},
        argc, argv);
}
