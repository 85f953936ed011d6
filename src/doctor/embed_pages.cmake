# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Writes OUTPUT/page_ids.hpp and OUTPUT/pages.cpp from FOLDER/pages/*.md. Fails for a page whose id
# no condition has; a condition without a page does not compile (condition.hpp).
#
# usage: cmake -DFOLDER=DIR -DOUTPUT=DIR -P embed_pages.cmake

set(head "// Made by embed_pages.cmake.\n\n")
string(ASCII 1 paragraph)

set(code "")
file(GLOB sources ${FOLDER}/*.cpp)
foreach(source IN LISTS sources)
    file(READ ${source} text)
    string(APPEND code "${text}")
endforeach()

set(ids "")
set(texts "")
file(GLOB pages ${FOLDER}/pages/*.md)
foreach(page IN LISTS pages)
    get_filename_component(id ${page} NAME_WE)
    string(FIND "${code}" ".id = \"${id}\"" place)
    if(place EQUAL -1)
        message(FATAL_ERROR "${page}: no condition has this id")
    endif()
    # A paragraph becomes one line, so that it can be folded to any width.
    file(READ ${page} text)
    string(STRIP "${text}" text)
    string(REPLACE "\n\n" "${paragraph}" text "${text}")
    string(REPLACE "\n" " " text "${text}")
    string(REPLACE "${paragraph}" "\n\n" text "${text}")
    string(APPEND ids "    \"${id}\",\n")
    string(APPEND texts "    {\"${id}\", R\"page(${text})page\"},\n")
endforeach()

file(CONFIGURE OUTPUT ${OUTPUT}/page_ids.hpp @ONLY CONTENT "${head}#pragma once

#include <string_view>

namespace trilby::doctor {
inline constexpr std::string_view page_ids[] = {
${ids}};
}
")
file(CONFIGURE OUTPUT ${OUTPUT}/pages.cpp @ONLY CONTENT "${head}#include \"doctor/pages.hpp\"

namespace trilby::doctor {
static constexpr Page all_pages[] = {
${texts}};
const std::span<const Page> pages = all_pages;
}
")
