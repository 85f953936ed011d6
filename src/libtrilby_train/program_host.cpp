// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "libtrilby_train/program_host.hpp"

#include <utility>

#include "base/json.hpp"

namespace trilby {

ProgramHost::ProgramHost(platform::InterruptWatch& interrupts, OnEvent on_event)
    : interrupts_(interrupts),
      on_event_(std::move(on_event)),
      abi_{.struct_size = sizeof(trilby_host),
           .abi_version = TRILBY_BACKEND_ABI_VERSION,
           .context = this,
           .event =
               [](void* self, const char* text, std::size_t size) {
                   static_cast<ProgramHost*>(self)->take({text, size});
               },
           .result = [](void*, const char*, std::size_t) {},
           .error = [](void*, const char*, const char*) {},
           .is_cancelled =
               [](void* self) {
                   auto& host = *static_cast<ProgramHost*>(self);
                   return !host.outcome_ || host.interrupts_.count() > 0 ? 1 : 0;
               }} {}

void ProgramHost::take(std::string_view text) {
    const auto document = json::parse_object(text, "event");
    const auto event = document
                           ? train::parse_event(*document)
                           : Result<std::optional<train::Event>>(std::unexpected(document.error()));
    if (!event) {
        outcome_ = std::unexpected(event.error());
    } else if (*event && outcome_) {
        outcome_ = on_event_(**event);
    }
}

}  // namespace trilby
