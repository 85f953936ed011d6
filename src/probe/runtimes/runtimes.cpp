// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/runtimes/runtimes.hpp"


#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "machine/describe.hpp"
#include "platform/environment.hpp"

namespace trilby::sources {
namespace {

constexpr const char* answer_name = "runtimes";

std::optional<std::string> as_text(const json::value& value) {
    return value.is_string() ? std::optional(printable(value.get_string())) : std::nullopt;
}

/// The module leaves empty what it could not read as an address.
std::optional<std::string> as_address(const json::value& value) {
    auto text = as_text(value);
    return text && !text->empty() ? text : std::nullopt;
}

template <std::unsigned_integral T>
std::optional<T> as_number(const json::value& value) {
    boost::system::error_code error;
    const T number = value.to_number<T>(error);
    return error ? std::nullopt : std::optional(number);
}

std::optional<bool> as_truth(const json::value& value) {
    return value.is_bool() ? std::optional(value.get_bool()) : std::nullopt;
}

/// Members of an object as values that come from one runtime.
class Members {
  public:
    Members(const json::object& object, std::string source)
        : object_(object), source_(std::move(source)) {}

    /// `convert` gives nothing if the member is not what it should be.
    template <class Convert>
    auto get(std::string_view key, Convert convert) const {
        using Value = Observed<typename decltype(convert(json::value()))::value_type>;
        const json::value* member = object_.if_contains(key);
        if (member == nullptr) {
            return Value::missing(Presence::absent, source_);
        }
        auto converted = convert(*member);
        return converted ? Value::present(std::move(*converted), source_)
                         : Value::missing(Presence::malformed, source_);
    }
    [[nodiscard]] Observed<std::string> text(std::string_view key) const {
        return get(key, as_text);
    }

  private:
    const json::object& object_;
    std::string source_;
};

RuntimeDevice parse_device(const Members& members) {
    return {.name = members.text("name"),
            .pci_address = members.get("pci_address", as_address),
            .architecture = members.text("architecture"),
            .memory_total_bytes = members.get("memory_total_bytes", as_number<std::uint64_t>),
            .memory_used_bytes = members.get("memory_used_bytes", as_number<std::uint64_t>),
            .compute_units = members.get("compute_units", as_number<std::uint32_t>),
            .is_partitioned = members.get("is_partitioned", as_truth),
            .has_ecc = members.get("has_ecc", as_truth),
            .problem = members.text("problem")};
}

Runtime parse_runtime(const json::object& object) {
    Runtime runtime;
    runtime.name = Members(object, {}).text("name").value_or("");
    const Members members(object, runtime.name);
    runtime.state = enum_named<RuntimeState>(members.text("state").value_or(""))
                        .value_or(RuntimeState::not_asked);
    runtime.message = members.text("message");
    runtime.library = members.text("library");
    runtime.library_version = members.text("library_version");
    runtime.driver_version = members.text("driver_version");
    runtime.api_version = members.text("api_version");
    runtime.devices = members.get("devices", [&](const json::value& value) {
        std::optional<std::vector<RuntimeDevice>> devices;
        if (const json::array* elements = value.if_array()) {
            devices.emplace();
            for (const json::value& element : *elements) {
                const json::object* device = element.if_object();
                devices->push_back(
                    parse_device({device != nullptr ? *device : json::object(), runtime.name}));
            }
        }
        return devices;
    });
    return runtime;
}

}  // namespace

std::optional<std::vector<Runtime>> parse_runtimes(std::string_view text) {
    const auto document = json::parse(text, answer_name);
    if (!document || !document->is_array()) {
        return std::nullopt;
    }
    std::vector<Runtime> runtimes;
    for (const json::value& element : document->get_array()) {
        if (!element.is_object()) {
            return std::nullopt;
        }
        runtimes.push_back(parse_runtime(element.get_object()));
    }
    return runtimes;
}

namespace {

std::string ask_installed(std::chrono::milliseconds limit) {
    const platform::InstallLayout layout = platform::install_layout();
    return json::serialize(ask_runtimes({.worker_program = layout.libexec_folder / "trilby-worker",
                                         .module = layout.library_folder / "trilby-runtimes.so",
                                         .limit = limit}));
}

}  // namespace

Observed<std::vector<Runtime>> read_runtimes(const platform::FileTree& tree,
                                             std::optional<std::chrono::milliseconds> limit) {
    return tree
        .answer(answer_name,
                [&] { return limit ? std::optional(ask_installed(*limit)) : std::nullopt; })
        .parse(parse_runtimes);
}

}  // namespace trilby::sources
