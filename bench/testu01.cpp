// TestU01's batteries over outputs that come in, as 32-bit integers of this machine:
//
//     bench_battery mwc52 stdout upper | bench_testu01 crush
//
// SmallCrush takes 15 s, Crush an hour, BigCrush ten. Built where TestU01 is installed. Ends with 1 if a test failed: a p-value
// within 1e-10 of 0 or 1, which is when TestU01 itself speaks of a clear failure.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" {
#include <bbattery.h>
#include <unif01.h>
}

namespace {

unsigned int next_output() {
    static std::array<std::uint32_t, 1 << 14> outputs;
    static std::size_t at = outputs.size();
    if (at == outputs.size()) {
        if (std::fread(outputs.data(), sizeof outputs[0], outputs.size(), stdin) != outputs.size()) {
            std::fputs("bench_testu01: the outputs ended before the battery did\n", stderr);
            std::exit(2);
        }
        at = 0;
    }
    return outputs[at++];
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view battery = argc == 2 ? argv[1] : "";
    char name[] = "standard input";
    unif01_Gen* const generator = unif01_CreateExternGenBits(name, next_output);
    if (battery == "smallcrush") {
        bbattery_SmallCrush(generator);
    } else if (battery == "crush") {
        bbattery_Crush(generator);
    } else if (battery == "bigcrush") {
        bbattery_BigCrush(generator);
    } else {
        std::fputs("usage: bench_testu01 smallcrush|crush|bigcrush < OUTPUTS\n", stderr);
        return 2;
    }
    unif01_DeleteExternGenBits(generator);
    constexpr double clear = 1e-10;
    int failures = 0;
    for (int i = 0; i < bbattery_NTests; ++i)
        failures += bbattery_pVal[i] < clear || bbattery_pVal[i] > 1 - clear ? 1 : 0;
    return failures > 0 ? 1 : 0;
}
