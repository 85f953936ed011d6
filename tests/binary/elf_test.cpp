// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/elf.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/large_file_of.hpp"
#include "support/made_elf.hpp"

namespace trilby::binary {
namespace {

using ::testing::ElementsAre;
using testing::large_file_of;
using testing::MadeElf;

const MadeElf library{.soname = "libmade.so.1",
                      .needed = {"libfirst.so.2", "libsecond.so"},
                      .runpath = "$ORIGIN/../x:/opt/" + std::string(500, 'p'),
                      .symbols = {"_ZTI4Made", "made_version", "made"},
                      .sections = {{".text", "code"}, {".nv_fatbin", "fat"}}};

/// The entries of a file as text; empty if it has none.
std::string summary_of(const std::string& bytes) {
    const auto file = large_file_of(bytes);
    const auto elf = ElfFile::open(file);
    if (!elf) {
        return "";
    }
    std::string text;
    for (const ElfSection& section : elf->sections().value_or(std::vector<ElfSection>())) {
        text += section.name + " ";
    }
    const auto dependencies = elf->dependencies().value_or(ElfDependencies());
    text += dependencies.soname + dependencies.search_path;
    for (const std::string& name : dependencies.needed) {
        text += " " + name;
    }
    return text + (elf->defines("made").value_or(false) ? " made" : "");
}

TEST(Elf, ReadsSections) {
    const auto file = large_file_of(library.bytes());
    const auto elf = ElfFile::open(file);
    ASSERT_TRUE(elf);
    const auto sections = elf->sections();
    ASSERT_TRUE(sections);
    const auto section = std::ranges::find(*sections, ".nv_fatbin", &ElfSection::name);
    ASSERT_NE(section, sections->end());
    EXPECT_EQ(file.read(section->offset, section->size_bytes), "fat");
}

TEST(Elf, ReadsTheEntriesForTheLoader) {
    const auto file = large_file_of(library.bytes());
    const auto dependencies = ElfFile::open(file)->dependencies();
    ASSERT_TRUE(dependencies);
    EXPECT_EQ(dependencies->soname, "libmade.so.1");
    EXPECT_THAT(dependencies->needed, ElementsAre("libfirst.so.2", "libsecond.so"));
    EXPECT_EQ(dependencies->search_path, library.runpath);
}

TEST(Elf, PrefersRunpathToRpath) {
    const auto search_path_of = [](const MadeElf& made) {
        const auto file = large_file_of(made.bytes());
        return ElfFile::open(file)->dependencies()->search_path;
    };
    EXPECT_EQ(search_path_of({.rpath = "/old"}), "/old");
    EXPECT_EQ(search_path_of({.rpath = "/old", .runpath = "/new"}), "/new");
}

TEST(Elf, FindsSymbolsByTheirHash) {
    const auto file = large_file_of(library.bytes());
    const auto elf = ElfFile::open(file);
    for (const std::string& name : library.symbols) {
        EXPECT_EQ(elf->defines(name), true) << name;
    }
    EXPECT_EQ(elf->defines("absent"), false);
    const auto without = large_file_of(MadeElf{}.bytes());
    EXPECT_EQ(ElfFile::open(without)->defines("made"), false);
}

TEST(Elf, RefusesOtherFiles) {
    const auto is_elf = [](const std::string& bytes) {
        return ElfFile::open(large_file_of(bytes)).has_value();
    };
    std::string other = library.bytes();
    EXPECT_TRUE(is_elf(other));
    other[4] = 1;  // 32 bits
    EXPECT_FALSE(is_elf(other));
    EXPECT_FALSE(is_elf(""));
    EXPECT_FALSE(is_elf(std::string(4096, '\0')));
    EXPECT_FALSE(is_elf("#!/bin/sh\n" + std::string(4096, 'x')));
}

TEST(Elf, ATruncatedFileGivesNoWrongAnswers) {
    const std::string whole = library.bytes();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto file = large_file_of(whole.substr(0, size));
        const auto elf = ElfFile::open(file);
        const auto dependencies = elf ? elf->dependencies() : std::nullopt;
        if (dependencies) {
            EXPECT_EQ(dependencies->needed, library.needed) << size;
        }
        EXPECT_NE(elf ? elf->defines("absent") : std::nullopt, true) << size;
    }
}

TEST(Elf, ToleratesAnyWrongByte) {
    const std::string whole = library.bytes();
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char wrong : {'\0', '\x7f', '\xff'}) {
            std::string bytes = whole;
            bytes[at] = wrong;
            EXPECT_LT(summary_of(bytes).size(), 100'000U) << at;
        }
    }
}

TEST(Elf, RefusesTextWithControlCharacters) {
    const auto file = large_file_of(MadeElf{.needed = {"lib\nneeded x.so"}}.bytes());
    EXPECT_FALSE(ElfFile::open(file)->dependencies());
}

}  // namespace
}  // namespace trilby::binary
