// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace trilby::platform {

/// Strings in the form that execve() takes: an array of pointers that ends with null.
class StringArray {
  public:
    explicit StringArray(std::vector<std::string> strings) : strings_(std::move(strings)) {
        for (std::string& text : strings_) {
            pointers_.push_back(text.data());
        }
        pointers_.push_back(nullptr);
    }
    StringArray(const std::filesystem::path& program, std::vector<std::string> arguments)
        : StringArray(with_program(program, std::move(arguments))) {}
    StringArray(const StringArray&) = delete;
    StringArray& operator=(const StringArray&) = delete;
    ~StringArray() = default;

    [[nodiscard]] char** data() { return pointers_.data(); }

  private:
    static std::vector<std::string> with_program(const std::filesystem::path& program,
                                                 std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), program.string());
        return arguments;
    }

    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

}  // namespace trilby::platform
