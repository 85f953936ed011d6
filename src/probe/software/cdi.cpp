// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads specifications of the Container Device Interface. They are YAML or JSON; the required
/// values are on lines "key: value" in both.

#include "probe/software/cdi.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

std::string_view without(std::string_view text, std::string_view marks) {
    const std::size_t first = text.find_first_not_of(marks);
    return first == std::string_view::npos
               ? std::string_view()
               : text.substr(first, text.find_last_not_of(marks) - first + 1);
}

/// "580.95.05" for a path that ends with libcuda.so.580.95.05.
std::optional<std::string> driver_version_in(std::string_view path) {
    constexpr std::string_view name = "/libcuda.so.";
    const std::size_t at = path.rfind(name);
    const std::string_view version =
        at == std::string_view::npos ? std::string_view() : path.substr(at + name.size());
    return version.find('.') == std::string_view::npos ? std::nullopt
                                                       : std::optional(std::string(version));
}

/// How much a missing path says: most of all that a library was replaced. The first program that
/// uses a card may create NVIDIA's own nodes.
int weight_of(std::string_view path) {
    return path.starts_with("/dev/nvidia") ? 1 : path.starts_with("/dev/") ? 2 : 3;
}

/// Collects the values on the lines of one file and checks that the listed paths exist.
class Reader {
  public:
    Reader(const FileTree& tree, const std::string& path)
        : tree_(tree),
          found_{.path = path,
                 .kind = Text::missing(Presence::malformed, path),
                 .driver_version = Text::missing(Presence::absent, path),
                 .missing_path = Text::missing(Presence::absent, path),
                 .uvm_major = Observed<std::uint32_t>::missing(Presence::absent, path)} {}

    void take(std::string_view text) {
        const CdiLine line = parse_cdi_line(text);
        const std::string_view key = line.key;
        const std::string_view value = line.value;
        take_node(line);
        if (key == "kind") {
            found_.kind = Text::present(printable(value, 256), found_.path);
        }
        const bool is_path = (key == "hostPath" || key == "path") && value.starts_with('/');
        if (!is_path) {
            return;
        }
        if (const auto version = driver_version_in(value); version && !found_.driver_version) {
            found_.driver_version = Text::present(*version, found_.path);
        }
        // The program of a hook is also a "path" and must exist. Paths in folders that this process
        // may not read count as existing.
        const bool may_look = weight_of(value) > weight_of_missing_ && lookups_++ < lookup_limit;
        if (may_look && tree_.status(value).presence() == Presence::absent) {
            weight_of_missing_ = weight_of(value);
            found_.missing_path = Text::present(std::string(value), found_.path);
        }
    }
    [[nodiscard]] const CdiSpecification& found() const { return found_; }

  private:
    /// A device node: an item of a list, with its keys in any order.
    struct Node {
        std::string_view path;
        std::optional<std::uint32_t> major;
    };

    void take_node(const CdiLine& line) {
        if (line.begins_item) {
            node_ = {};
        }
        if (line.key == "path") {
            node_.path = line.value;
        } else if (line.key == "major") {
            node_.major = parse_number<std::uint32_t>(line.value);
        }
        if (node_.path == "/dev/nvidia-uvm" && node_.major) {
            found_.uvm_major = Observed<std::uint32_t>::present(*node_.major, found_.path);
        }
    }

    static constexpr int lookup_limit = 1000;

    const FileTree& tree_;
    CdiSpecification found_;
    int lookups_ = 0;
    int weight_of_missing_ = 0;
    Node node_;
};

CdiSpecification read_specification(const FileTree& tree, const std::string& path) {
    const Text text = tree.read(path);
    if (!text) {
        const auto unknown = Text::missing(text.presence(), path);
        return {.path = path,
                .kind = unknown,
                .driver_version = unknown,
                .missing_path = unknown,
                .uvm_major = Observed<std::uint32_t>::missing(text.presence(), path)};
    }
    Reader reader(tree, path);
    for (const std::string_view line : split_lines(*text)) {
        reader.take(line);
    }
    return reader.found();
}

bool is_specification(std::string_view name) {
    return name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
}

}  // namespace

CdiLine parse_cdi_line(std::string_view text) {
    constexpr std::string_view marks = " \t\r\"',-{}[]";
    const std::size_t colon = std::min(text.find(':'), text.size());
    const bool begins_item =
        trim(text).starts_with('-') || text.find('{') != std::string_view::npos;
    return colon == text.size() ? CdiLine{.key = {}, .value = {}, .begins_item = begins_item}
                                : CdiLine{.key = without(text.substr(0, colon), marks),
                                          .value = without(text.substr(colon + 1), marks),
                                          .begins_item = begins_item};
}

Observed<std::vector<CdiSpecification>> read_cdi_specifications(const FileTree& tree) {
    using Found = Observed<std::vector<CdiSpecification>>;
    constexpr std::array<std::string_view, 2> folders{"/etc/cdi", "/run/cdi"};
    std::vector<CdiSpecification> found;
    for (const std::string_view folder : folders) {
        const auto names = tree.list(folder);
        if (names.is_unreadable()) {
            return Found::missing(names.presence(), names.source());
        }
        for (const std::string& name : names.value_or({})) {
            if (is_specification(name)) {
                found.push_back(read_specification(tree, std::string(folder) + "/" + name));
            }
        }
    }
    return Found::present(std::move(found), std::string(folders.front()));
}

}  // namespace trilby::sources
