#include <julia/png_file.hpp>

#include <cohort/plan/error.hpp>

#include <fmt/format.h>
#include <png.h>

#include <array>
#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace cohort::julia {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using OpenFile = std::unique_ptr<std::FILE, CloseFile>;

struct Chunk {
    std::array<char, 5> type{};
    std::uint32_t size = 0;
};

// The head of the chunk where the file stands; nothing at its end, or where there is none.
std::optional<Chunk> next_chunk(std::FILE* file) {
    std::array<unsigned char, 8> head{};
    if (std::fread(head.data(), 1, head.size(), file) != head.size()) return {};
    Chunk chunk{.size = png_get_uint_32(head.data())};
    std::memcpy(chunk.type.data(), &head[4], 4);
    if (chunk.size > PNG_UINT_31_MAX) return {};
    return chunk;
}

// True if `path` is a picture that the program finished: it has its text, and an end.
bool is_finished_picture_of(const std::string& path, const std::string& program) {
    const OpenFile file(std::fopen(path.c_str(), "rb"));
    std::array<unsigned char, 8> signature{};
    if (!file || std::fread(signature.data(), 1, signature.size(), file.get()) != signature.size() ||
        png_sig_cmp(signature.data(), 0, signature.size()) != 0) {
        return false;
    }
    const std::string wanted = std::string("Software") + '\0' + program;
    bool is_ours = false;
    while (const std::optional<Chunk> chunk = next_chunk(file.get())) {
        if (std::strcmp(chunk->type.data(), "IEND") == 0) return is_ours;
        long rest = static_cast<long>(chunk->size) + 4;  // with its checksum
        if (std::strcmp(chunk->type.data(), "tEXt") == 0 && chunk->size == wanted.size()) {
            std::string text(wanted.size(), ' ');
            if (std::fread(text.data(), 1, text.size(), file.get()) != text.size()) return false;
            is_ours = is_ours || text == wanted;
            rest = 4;
        }
        if (std::fseek(file.get(), rest, SEEK_CUR) != 0) return false;
    }
    return false;
}

// Where a link leads, so that the picture and not the link is replaced.
std::string resolved(const std::string& path) {
    constexpr int most_links = 40;
    fs::path target = path;
    std::error_code error;
    for (int link = 0; link < most_links && fs::is_symlink(target, error); ++link) {
        target = target.parent_path() / fs::read_symlink(target, error);
    }
    return target.string();
}

void check_folder(const std::string& path) {
    const fs::path parent = fs::path(path).parent_path();
    const std::string folder = parent.empty() ? "." : parent.string();
    std::error_code error;
    if (!fs::is_directory(folder, error)) {
        throw StoreError("cannot create " + path,
                         fmt::format("the folder {} {}", folder,
                                     fs::exists(folder, error) ? "is not one" : "does not exist"),
                         "create it or choose another --png");
    }
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        throw StoreError("cannot create " + path,
                         fmt::format("the folder {}: {}", folder, std::strerror(errno)),
                         "choose another --png");
    }
}

}  // namespace

struct PngFile::State {
    std::string path;
    std::string partial;
    OpenFile file;
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::string problem;  // what libpng, or the system, said last

    ~State() {
        if (png != nullptr) png_destroy_write_struct(&png, &info);
        file.reset();
        if (!partial.empty()) ::unlink(partial.c_str());
    }

    [[noreturn]] void fail() const {
        throw StoreError("cannot write " + path, problem, "make room, or choose another --png");
    }

    // Calls body(), which may call libpng but must not own anything: libpng leaves it by a long jump.
    template <typename Body>
    void guarded(const Body& body) {
        if (setjmp(png_jmpbuf(png)) != 0) fail();  // NOLINT(cert-err52-cpp): libpng knows no other way
        body();
    }

    static State& of(png_structp png) { return *static_cast<State*>(png_get_error_ptr(png)); }

    static void on_error(png_structp png, png_const_charp message) {
        State& state = of(png);
        if (state.problem.empty()) state.problem = message;
        png_longjmp(png, 1);
    }
    static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}
    static void write(png_structp png, png_bytep data, std::size_t size) {
        State& state = of(png);
        if (std::fwrite(data, 1, size, state.file.get()) == size) return;
        state.problem = std::strerror(errno);
        png_error(png, "cannot write");
    }
    static void flush(png_structp /*png*/) {}
};

void PngFile::check_output(const std::string& path, const std::string& program, bool force) {
    if (path.empty() || path.back() == '/') {
        throw StoreError("the picture has no name", "'" + path + "' names a folder",
                         "give the name of a file");
    }
    check_folder(resolved(path));
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return;
    if (!fs::is_regular_file(status)) {
        throw StoreError("cannot write " + path, "it is not a file", "choose another --png");
    }
    if (!force && !is_finished_picture_of(path, program)) {
        throw StoreError("will not replace " + path, "it is not a finished picture of " + program,
                         "add --force, or choose another --png");
    }
}

PngFile::PngFile(const std::string& path, const std::string& program, std::uint32_t width,
                 std::uint32_t height)
    : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.path = resolved(path);
    const std::string partial = state.path + ".partial";
    ::unlink(partial.c_str());  // of a run that was killed
    const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) {
        throw StoreError("cannot create " + partial, std::strerror(errno), "choose another --png");
    }
    state.partial = partial;
    state.file.reset(::fdopen(descriptor, "wb"));
    state.png = state.file ? png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, State::on_error,
                                                     State::on_warning)
                           : nullptr;
    state.info = state.png != nullptr ? png_create_info_struct(state.png) : nullptr;
    if (state.info == nullptr) {
        state.problem = "no memory";
        state.fail();
    }
    std::string key = "Software";
    std::string value = program;
    png_text text{};
    text.compression = PNG_TEXT_COMPRESSION_NONE;
    text.key = key.data();
    text.text = value.data();
    state.guarded([&] {
        png_set_write_fn(state.png, &state, State::write, State::flush);
        png_set_user_limits(state.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_IHDR(state.png, state.info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_set_sRGB(state.png, state.info, PNG_sRGB_INTENT_PERCEPTUAL);
        png_set_text(state.png, state.info, &text, 1);
        // What takes the root least time for about the same size.
        png_set_filter(state.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
        png_set_compression_level(state.png, 3);
        png_set_compression_buffer_size(state.png, std::size_t{1} << 18);
        png_write_info(state.png, state.info);
    });
}

PngFile::~PngFile() = default;

void PngFile::write_row(std::span<const std::uint8_t> rgb) {
    state_->guarded([&] { png_write_row(state_->png, rgb.data()); });
}

void PngFile::commit() {
    State& state = *state_;
    state.guarded([&] { png_write_end(state.png, nullptr); });
    // A disk may be found full only here.
    const bool written = std::fflush(state.file.get()) == 0 && ::fsync(::fileno(state.file.get())) == 0;
    if (!written || ::rename(state.partial.c_str(), state.path.c_str()) != 0) {
        state.problem = std::strerror(errno);
        state.fail();
    }
    state.partial.clear();
}

}  // namespace cohort::julia
