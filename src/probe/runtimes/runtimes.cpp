// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/runtimes/runtimes.hpp"

#include "base/read_json.hpp"
#include "base/text.hpp"
#include "install/folders.hpp"
#include "machine/describe.hpp"

namespace trilby::sources {
namespace {

constexpr const char* answer_name = "runtimes";

/// The answer of one runtime, with facts as plain values. It is not trusted: an invalid value is
/// malformed, and the others are still used.
class Answer {
  public:
    explicit Answer(std::string source) : source_(std::move(source)) {}

    template <class Record>
    [[nodiscard]] Record read(const json::object& reported) const {
        Record record;
        for_each_member(record, [&](std::string_view key, auto& member) {
            if (reported.contains(key)) {
                take(member, reported, key);
            } else {
                leave(member);
            }
        });
        return record;
    }

  private:
    template <class T>
    void take(T& into, const json::object& reported, std::string_view key) const {
        static_cast<void>(
            json::Reader({}).read(into, reported, key, source_));  // keeps its default
    }
    template <class T>
    void take(Observed<T>& into, const json::object& reported, std::string_view key) const {
        T content{};
        into = json::Reader({}).read(content, reported, key, source_)
                   ? Observed<T>::present(std::move(content), source_)
                   : Observed<T>::missing(Presence::malformed, source_);
    }
    void take(Observed<std::vector<RuntimeDevice>>& into, const json::object& reported,
              std::string_view key) const;

    template <class T>
    void leave(T&) const {}
    template <class T>
    void leave(Observed<T>& into) const {
        into = Observed<T>::missing(Presence::absent, source_);
    }

    std::string source_;
};

/// The module leaves an address that it could not read empty.
RuntimeDevice checked(RuntimeDevice device) {
    if (device.pci_address && device.pci_address->empty()) {
        device.pci_address =
            Observed<std::string>::missing(Presence::malformed, device.pci_address.source());
    }
    return device;
}

void Answer::take(Observed<std::vector<RuntimeDevice>>& into, const json::object& reported,
                  std::string_view key) const {
    const json::array* elements = reported.at(key).if_array();
    if (elements == nullptr) {
        into = into.missing(Presence::malformed, source_);
        return;
    }
    std::vector<RuntimeDevice> devices;
    for (const json::value& element : *elements) {
        const json::object* device = element.if_object();
        devices.push_back(
            checked(read<RuntimeDevice>(device != nullptr ? *device : json::object())));
    }
    into = into.present(std::move(devices), source_);
}

Runtime parse_runtime(const json::object& reported) {
    const json::value* name = reported.if_contains("name");
    return Answer(name != nullptr && name->is_string() ? printable(name->get_string()) : "")
        .read<Runtime>(reported);
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
    return json::serialize(ask_runtimes({.worker_program = install::worker_program(),
                                         .module = install::runtimes_module(),
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
