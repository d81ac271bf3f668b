#include <julia/png_file.hpp>

#include <cohort/app/waiting.hpp>
#include <cohort/plan/error.hpp>
#include <cohort/store/pending_file.hpp>
#include <cohort/store/scratch.hpp>
#include <cohort/store/storage_error.hpp>

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <unistd.h>
#include <vector>

namespace cohort::julia {
namespace {

constexpr int png_level = 1;  // the fastest

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
    const OpenFile file(::fdopen(open_to_read(path), "rb"));
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

PendingFile::Terms terms_of(const std::string& program, bool force) {
    return {
        .force = force, .option = "--png", .program = program, .is_ours = [program](const std::string& path) {
            return is_finished_picture_of(path, program);
        }};
}

}  // namespace

struct PngFile::State {
    struct Kept {
        std::uint64_t bytes = 0;
        std::uint32_t checksum = 1;
        std::uint64_t place = 0;  // in the scratch file
        std::size_t size = 0;
    };

    std::string path;
    PendingFile pending;
    OpenFile file;
    png_structp png = nullptr;
    png_infop info = nullptr;
    std::uint32_t checksum = 1;  // of all rows
    int error = 0;               // what the system said first
    std::string problem;         // what libpng said first
    detail::Scratch scratch;
    std::vector<Kept> kept;

    State(const std::string& name, const PendingFile::Terms& terms)
        : path(name),
          pending(name, terms),
          file(::fdopen(::dup(pending.descriptor()), "wb")),
          scratch(pending.temporary(), 0) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (png != nullptr) png_destroy_write_struct(&png, &info);
    }

    [[noreturn]] void fail() const {
        if (error != 0) throw detail::cannot_write(path, error, "--png");
        throw StoreError("cannot write " + path, problem, "choose another --png");
    }

    // Calls body(), which may call libpng but must not own anything: libpng leaves it by a long jump.
    template <typename Body>
    void guarded(const Body& body) {
        if (setjmp(png_jmpbuf(png)) != 0) fail();  // NOLINT(cert-err52-cpp): libpng knows no other way
        body();
    }

    // Fails on what the system says, unless that is 0.
    void check(int number) {
        error = number;
        if (error != 0) fail();
    }

    // A piece of the compressed stream.
    void write_data(std::span<const std::uint8_t> bytes) {
        constexpr std::array<png_byte, 5> kind{'I', 'D', 'A', 'T', 0};
        guarded([&] { png_write_chunk(png, kind.data(), bytes.data(), bytes.size()); });
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
        state.error = errno;
        png_error(png, "cannot write");
    }
    static void flush(png_structp /*png*/) {}
};

PngBand png_band(std::span<const std::uint8_t> rgb, std::uint64_t width) {
    constexpr std::uint8_t differences = 1;  // to the pixel before: PNG's filter "Sub"
    const std::size_t row = 3 * width;
    std::vector<std::uint8_t> filtered(rgb.size() + rgb.size() / row);
    for (std::size_t at = 0, to = 0; at < rgb.size(); at += row, to += row + 1) {
        filtered[to] = differences;
        std::copy_n(&rgb[at], 3, &filtered[to + 1]);
        for (std::size_t i = 3; i < row; ++i)
            filtered[to + 1 + i] = static_cast<std::uint8_t>(rgb[at + i] - rgb[at + i - 3]);
    }
    PngBand band{.bytes = filtered.size(),
                 .checksum = static_cast<std::uint32_t>(adler32_z(1, filtered.data(), filtered.size())),
                 .deflated = {}};
    z_stream stream{};
    constexpr int no_header = -15;
    if (deflateInit2(&stream, png_level, Z_DEFLATED, no_header, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    band.deflated.resize(deflateBound(&stream, filtered.size()) + 16);
    stream.next_in = filtered.data();
    stream.avail_in = static_cast<uInt>(filtered.size());
    stream.next_out = band.deflated.data();
    stream.avail_out = static_cast<uInt>(band.deflated.size());
    deflate(&stream, Z_FULL_FLUSH);
    band.deflated.resize(stream.total_out);
    deflateEnd(&stream);
    return band;
}

void PngFile::check_output(const std::string& path, const std::string& program, bool force) {
    PendingFile::check(path, terms_of(program, force));
}

PngFile::PngFile(const std::string& path, const std::string& program, bool force, std::uint32_t width,
                 std::uint32_t height)
    : state_(std::make_unique<State>(path, terms_of(program, force))) {
    State& state = *state_;
    state.png = state.file ? png_create_write_struct(PNG_LIBPNG_VER_STRING, &state, State::on_error,
                                                     State::on_warning)
                           : nullptr;
    state.info = state.png != nullptr ? png_create_info_struct(state.png) : nullptr;
    if (state.info == nullptr) throw std::bad_alloc();
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
        png_write_info(state.png, state.info);
    });
    constexpr std::array<std::uint8_t, 2> head{0x78,
                                               0x01};  // of a zlib stream: 32 KiB of memory, compressed fast
    state.write_data(head);
}

PngFile::~PngFile() = default;

void PngFile::write(const PngBand& band) {
    state_->write_data(band.deflated);
    state_->checksum = static_cast<std::uint32_t>(
        adler32_combine(state_->checksum, band.checksum, static_cast<z_off_t>(band.bytes)));
}

void PngFile::keep(const PngBand& band) {
    State& state = *state_;
    const std::uint64_t place = state.kept.empty() ? 0 : state.kept.back().place + state.kept.back().size;
    state.check(state.scratch.write(place, std::as_bytes(std::span(band.deflated))));
    if (state.kept.empty())
        state.scratch.remove();  // its name: nothing is left of it however the program ends
    state.kept.push_back({band.bytes, band.checksum, place, band.deflated.size()});
}

void PngFile::write_kept() {
    State& state = *state_;
    PngBand band;
    for (; !state.kept.empty(); state.kept.pop_back()) {
        const State::Kept& kept = state.kept.back();
        band.bytes = kept.bytes;
        band.checksum = kept.checksum;
        band.deflated.resize(kept.size);
        state.check(state.scratch.read(kept.place, std::as_writable_bytes(std::span(band.deflated))));
        write(band);
    }
}

void PngFile::commit() {
    write_kept();
    State& state = *state_;
    std::array<std::uint8_t, 6> tail{0x03, 0x00};  // an empty last block
    png_save_uint_32(&tail[2], state.checksum);
    state.write_data(tail);
    constexpr std::array<png_byte, 5> end{'I', 'E', 'N', 'D', 0};
    state.guarded([&] { png_write_chunk(state.png, end.data(), nullptr, 0); });
    // A disk may be found full only here.
    if (std::fclose(state.file.release()) != 0) {
        state.error = errno;
        state.fail();
    }
    state.pending.commit();
}

}  // namespace cohort::julia
