// Options whose values are numbers as people type them.
//
//     cohort::add_whole(program.options(), "--width", width, "pixels across", {.least = 1});
//
// Each adds an option ("--name") or an argument ("NAME") that is read by numbers.hpp, so that every program
// takes the same numbers and refuses others in the same words. `value` keeps what it holds, which --help
// shows, if the option is not given. It must live until the options are read. Strings and flags go to CLI11
// directly, with <CLI/CLI.hpp>.
#pragma once

#include <cohort/app/numbers.hpp>

#include <complex>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
class Option;
}  // namespace CLI

namespace cohort {

CLI::Option* add_whole(CLI::App& options, const std::string& name, std::uint64_t& value,
                       const std::string& help, Limits<std::uint64_t> limits = {});
CLI::Option* add_real(CLI::App& options, const std::string& name, double& value, const std::string& help,
                      Limits<double> limits = {});
// WxH
CLI::Option* add_size(CLI::App& options, const std::string& name, Size& value, const std::string& help);
// A,B
CLI::Option* add_pair(CLI::App& options, const std::string& name, Pair& value, const std::string& help);
// RE,IM or RE+IMi
CLI::Option* add_complex(CLI::App& options, const std::string& name, std::complex<double>& value,
                         const std::string& help);
// The arguments of a subcommand: TO, FROM TO or FROM +LENGTH. Required.
CLI::Option* add_range(CLI::App& options, Range& value, const std::string& help);

}  // namespace cohort
