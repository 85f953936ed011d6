// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <variant>

#include "base/little_endian.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "tensors/pickle_value.hpp"
#include "tensors/pickled_tensors.hpp"
#include "tensors/state_dict.hpp"
#include "tensors/storage_type.hpp"

namespace trilby::tensors {
namespace pickle {
namespace {

constexpr std::size_t most_extents = 64;  // as NumPy

std::unexpected<Error> damaged() {
    return failure(ErrorCode::bad_data, "it is not a complete pickle of a state dict",
                   what_to_save);
}

constexpr std::string_view rebuild_tensor = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view rebuild_parameter = "torch._utils._rebuild_parameter";
constexpr std::string_view ordered_dict = "collections.OrderedDict";
constexpr std::string_view torch_size = "torch.Size";

bool is_known(std::string_view name) {
    constexpr std::array known{rebuild_tensor, rebuild_parameter, ordered_dict, torch_size};
    return std::ranges::find(known, name) != known.end() || !dtype_of_storage(name).empty();
}

class Unpickler {
  public:
    explicit Unpickler(std::string_view pickle) : left_(pickle) {}

    /// The value that the pickle stands for.
    Result<Value> run() {
        while (!left_.empty()) {
            const char operation = left_.front();
            left_.remove_prefix(1);
            if (operation == '.') {
                return pop();
            }
            TRILBY_CHECK(run(operation));
        }
        return damaged();
    }

  private:
    /// Each reads its operand.
    Result<void> run(char operation) {
        switch (operation) {
            case '\x80':  // PROTO
                return skip(1);
            case '\x95':  // FRAME
                return skip(8);
            case '(':
                return push(Mark{});
            case '}':
                return push(&dictionaries_.emplace_back());
            case ']':
                return push(&lists_.emplace_back());
            case ')':
                return push_tuple({});
            case 'N':
                return push(None{});
            case '\x88':
                return push(true);
            case '\x89':
                return push(false);
            case 'K':  // BININT1
                return push_integer(1);
            case 'M':  // BININT2
                return push_integer(2);
            case 'J':  // BININT
                return push_integer(4);
            case '\x8a':  // LONG1
                return push_long();
            case 'G':  // BINFLOAT
                TRILBY_CHECK(skip(8));
                return push(Other{});
            case 'X':  // BINUNICODE
                return push_text(4);
            case '\x8c':  // SHORT_BINUNICODE
                return push_text(1);
            case 'q':  // BINPUT
                return memorize_at(1);
            case 'r':  // LONG_BINPUT
                return memorize_at(4);
            case '\x94':  // MEMOIZE
                return memorize(memory_.size());
            case 'h':  // BINGET
                return recall(1);
            case 'j':  // LONG_BINGET
                return recall(4);
            case 'c':  // GLOBAL
                return push_global();
            case '\x93':  // STACK_GLOBAL
                return push_global_of_stack();
            case 't':
                return push_tuple_from_mark();
            case '\x85':
                return push_tuple_of(1);
            case '\x86':
                return push_tuple_of(2);
            case '\x87':
                return push_tuple_of(3);
            case 'a':
                return append(1);
            case 'e':
                return append_from_mark();
            case 's':
                return set_item();
            case 'u':
                return set_items();
            case 'R':
                return call();
            case 'b':
                return build();
            case 'Q':
                return push_persistent();
            default:
                return failure(
                    ErrorCode::bad_data,
                    fmt::format("it has the operation {:#04x} of pickles, which a state dict does "
                                "not need",
                                static_cast<unsigned char>(operation)),
                    what_to_save);
        }
    }

    // ---- Operands

    Result<std::string_view> take_bytes(std::uint64_t count) {
        if (count > left_.size()) {
            return damaged();
        }
        const std::string_view bytes = left_.substr(0, count);
        left_.remove_prefix(count);
        return bytes;
    }

    Result<void> skip(std::size_t bytes) {
        TRILBY_CHECK(take_bytes(bytes));
        return {};
    }

    /// Little-endian.
    Result<std::uint64_t> take_number(std::size_t bytes) {
        TRILBY_TRY(digits, take_bytes(bytes));
        return decode_little_endian(digits);
    }

    Result<std::string_view> take_line() {
        const std::size_t end = left_.find('\n');
        if (end == left_.npos) {
            return damaged();
        }
        const std::string_view line = left_.substr(0, end);
        left_.remove_prefix(end + 1);
        return line;
    }

    // ---- The stack

    Result<void> push(Value value) {
        stack_.push_back(std::move(value));
        return {};
    }

    Result<Value> pop() {
        if (stack_.empty() || std::holds_alternative<Mark>(stack_.back())) {
            return damaged();
        }
        Value value = std::move(stack_.back());
        stack_.pop_back();
        return value;
    }

    Result<std::vector<Value>> pop_to_mark() {
        const auto mark = std::ranges::find_if(stack_.rbegin(), stack_.rend(), [](const Value& v) {
            return std::holds_alternative<Mark>(v);
        });
        if (mark == stack_.rend()) {
            return damaged();
        }
        std::vector<Value> values(mark.base(), stack_.end());
        stack_.erase(mark.base() - 1, stack_.end());
        return values;
    }

    Result<std::vector<Value>> pop_count(std::size_t count) {
        std::vector<Value> values(count);
        for (std::size_t i = count; i > 0; --i) {
            TRILBY_TRY(value, pop());
            values[i - 1] = std::move(value);
        }
        return values;
    }

    template <class T>
    T* top_as() {
        T* const* found = stack_.empty() ? nullptr : std::get_if<T*>(&stack_.back());
        return found == nullptr ? nullptr : *found;
    }

    // ---- Numbers, texts, names

    Result<void> push_integer(std::size_t bytes) {
        TRILBY_TRY(number, take_number(bytes));
        return push(bytes == 4 ? std::int64_t{static_cast<std::int32_t>(number)}
                               : static_cast<std::int64_t>(number));
    }

    /// Two's complement.
    Result<void> push_long() {
        TRILBY_TRY(bytes, take_number(1));
        if (bytes > 8) {
            return damaged();
        }
        TRILBY_TRY(number, take_number(bytes));
        const bool is_negative = bytes > 0 && bytes < 8 && (number >> (8 * bytes - 1)) != 0;
        return push(static_cast<std::int64_t>(
            is_negative ? number | ~std::uint64_t{0} << (8 * bytes) : number));
    }

    Result<void> push_text(std::size_t length_bytes) {
        TRILBY_TRY(length, take_number(length_bytes));
        TRILBY_TRY(text, take_bytes(length));
        return push(&texts_.emplace_back(text));
    }

    Result<void> push_named(std::string name) {
        if (!is_known(name)) {
            return failure(ErrorCode::bad_data,
                           fmt::format("it needs '{}' of Python, which Trilby does not run",
                                       printable(name, 100)),
                           what_to_save);
        }
        return push(&globals_.emplace_back(Global{std::move(name)}));
    }

    Result<void> push_global() {
        TRILBY_TRY(module, take_line());
        TRILBY_TRY(name, take_line());
        return push_named(fmt::format("{}.{}", module, name));
    }

    Result<void> push_global_of_stack() {
        TRILBY_TRY(names, pop_count(2));
        const std::string* module = text_of(names[0]);
        const std::string* name = text_of(names[1]);
        if (module == nullptr || name == nullptr) {
            return damaged();
        }
        return push_named(*module + "." + *name);
    }

    Result<void> memorize_at(std::size_t key_bytes) {
        TRILBY_TRY(key, take_number(key_bytes));
        return memorize(key);
    }

    Result<void> memorize(std::uint64_t key) {
        if (stack_.empty()) {
            return damaged();
        }
        memory_.insert_or_assign(key, stack_.back());
        return {};
    }

    Result<void> recall(std::size_t key_bytes) {
        TRILBY_TRY(key, take_number(key_bytes));
        const auto found = memory_.find(key);
        if (found == memory_.end()) {
            return damaged();
        }
        return push(found->second);
    }

    // ---- Containers

    Result<void> push_tuple(std::vector<Value> elements) {
        return push(&tuples_.emplace_back(Tuple{std::move(elements)}));
    }
    Result<void> push_tuple_of(std::size_t count) {
        TRILBY_TRY(values, pop_count(count));
        return push_tuple(std::move(values));
    }
    Result<void> push_tuple_from_mark() {
        TRILBY_TRY(values, pop_to_mark());
        return push_tuple(std::move(values));
    }

    Result<void> append(std::size_t count) {
        TRILBY_TRY(values, pop_count(count));
        return append_all(std::move(values));
    }
    Result<void> append_from_mark() {
        TRILBY_TRY(values, pop_to_mark());
        return append_all(std::move(values));
    }
    Result<void> append_all(std::vector<Value> values) {
        List* list = top_as<List>();
        if (list == nullptr) {
            return damaged();
        }
        std::ranges::move(values, std::back_inserter(list->elements));
        return {};
    }

    Result<void> set_item() {
        TRILBY_TRY(values, pop_count(2));
        return set_all(std::move(values));
    }
    Result<void> set_items() {
        TRILBY_TRY(values, pop_to_mark());
        return set_all(std::move(values));
    }
    Result<void> set_all(std::vector<Value> values) {
        Dictionary* dictionary = top_as<Dictionary>();
        if (dictionary == nullptr || values.size() % 2 != 0) {
            return damaged();
        }
        for (std::size_t i = 0; i < values.size(); i += 2) {
            dictionary->entries.emplace_back(std::move(values[i]), std::move(values[i + 1]));
        }
        return {};
    }

    // ---- What a state dict calls

    Result<void> call() {
        TRILBY_TRY(parts, pop_count(2));
        const auto* function = std::get_if<const Global*>(&parts[0]);
        const auto* arguments = std::get_if<const Tuple*>(&parts[1]);
        if (function == nullptr || arguments == nullptr) {
            return damaged();
        }
        return call((*function)->name, (*arguments)->elements);
    }

    Result<void> call(std::string_view function, const std::vector<Value>& arguments) {
        if (function == ordered_dict) {
            return push(&dictionaries_.emplace_back());
        }
        if (function == rebuild_tensor) {
            return push_tensor(arguments);
        }
        if (function == rebuild_parameter && !arguments.empty()) {
            return push(arguments[0]);
        }
        return push(Other{});
    }

    /// Attributes of an object, such as _metadata of a state dict, are left out.
    Result<void> build() {
        TRILBY_CHECK(pop());
        if (stack_.empty()) {
            return damaged();
        }
        return {};
    }

    /// ("storage", type, key, device, elements)
    Result<void> push_persistent() {
        TRILBY_TRY(id, pop());
        const auto* tuple = std::get_if<const Tuple*>(&id);
        if (tuple == nullptr || (*tuple)->elements.size() < 3) {
            return damaged();
        }
        const auto* type = std::get_if<const Global*>(&(*tuple)->elements[1]);
        const std::string* key = text_of((*tuple)->elements[2]);
        const std::string_view dtype = type == nullptr ? "" : dtype_of_storage((*type)->name);
        if (dtype.empty() || key == nullptr || key->size() > most_name_bytes) {
            return damaged();
        }
        return push(Storage{dtype, key});
    }

    static std::optional<std::vector<std::int64_t>> integers(const Value& value) {
        const auto* tuple = std::get_if<const Tuple*>(&value);
        if (tuple == nullptr || (*tuple)->elements.size() > most_extents) {
            return std::nullopt;
        }
        std::vector<std::int64_t> numbers;
        for (const Value& element : (*tuple)->elements) {
            const auto* number = std::get_if<std::int64_t>(&element);
            if (number == nullptr) {
                return std::nullopt;
            }
            numbers.push_back(*number);
        }
        return numbers;
    }

    /// (storage, offset, shape, strides, ...)
    Result<void> push_tensor(const std::vector<Value>& arguments) {
        if (arguments.size() < 4) {
            return damaged();
        }
        const auto* storage = std::get_if<Storage>(&arguments[0]);
        const auto* offset = std::get_if<std::int64_t>(&arguments[1]);
        auto shape = integers(arguments[2]);
        auto strides = integers(arguments[3]);
        if (storage == nullptr || offset == nullptr || !shape || !strides) {
            return damaged();
        }
        return push(&tensors_.emplace_back(PickledTensor{{},
                                                         std::string(storage->dtype),
                                                         std::move(*shape),
                                                         std::move(*strides),
                                                         *offset,
                                                         *storage->key}));
    }

    std::string_view left_;
    std::vector<Value> stack_;
    std::map<std::uint64_t, Value> memory_;
    // Addresses in deques stay the same.
    std::deque<std::string> texts_;
    std::deque<Global> globals_;
    std::deque<Dictionary> dictionaries_;
    std::deque<List> lists_;
    std::deque<Tuple> tuples_;
    std::deque<PickledTensor> tensors_;
};

}  // namespace
}  // namespace pickle

Result<std::vector<PickledTensor>> read_pickle(std::string_view bytes) {
    pickle::Unpickler unpickler(bytes);
    TRILBY_TRY(value, unpickler.run());
    return pickle::tensors_in(value);
}

}  // namespace trilby::tensors
