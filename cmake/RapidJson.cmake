# Target rapidjson: header-only JSON. RAPIDJSON_INCLUDE names its include folder; else it is fetched.
include("${CMAKE_CURRENT_LIST_DIR}/Fetch.cmake")

set(RAPIDJSON_INCLUDE "" CACHE PATH "RapidJSON's include folder; empty: fetched with pip")
if(NOT RAPIDJSON_INCLUDE)
  fetch_with_pip(
    RESULT rapidjson_folder
    WHAT "RapidJSON's headers"
    NAME python_rapidjson-1.20
    REQUIREMENT python-rapidjson==1.20
    FILE python_rapidjson-1.20.tar.gz
    SHA256 115f08c86d2df7543c02605e77c84727cdabc4b08310d2f097e953efeaaa73eb
    SIZE "0.2 MB"
    PIP_OPTIONS --no-binary=:all:
    PATTERNS "python_rapidjson-1.20/rapidjson/*")
  set(rapidjson_include "${rapidjson_folder}/python_rapidjson-1.20/rapidjson/include")
else()
  set(rapidjson_include "${RAPIDJSON_INCLUDE}")
endif()

add_library(rapidjson INTERFACE)
target_include_directories(rapidjson SYSTEM INTERFACE "${rapidjson_include}")
