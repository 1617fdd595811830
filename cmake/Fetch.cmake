# Downloads of the build: once a user, checked against pinned SHA-256 sums, kept outside the source tree so that
# `mvn clean` and other checkouts don't download again.
include_guard(GLOBAL)

# The folder that keeps them: SKIP_TUNING_BUILD_CACHE, else XDG's cache folder, else ~/.cache.
if(DEFINED ENV{SKIP_TUNING_BUILD_CACHE})
  set(FETCH_CACHE "$ENV{SKIP_TUNING_BUILD_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
  set(FETCH_CACHE "$ENV{XDG_CACHE_HOME}/skip-tuning/build")
else()
  set(FETCH_CACHE "$ENV{HOME}/.cache/skip-tuning/build")
endif()

# Ends the build with a line of its own for the reason, which CMake's own errors would wrap and indent.
function(stop)
  string(CONCAT text ${ARGV})
  message(NOTICE "error: ${text}")
  message(FATAL_ERROR "The reason stands above.")
endfunction()

# Sets `result` to a command that runs pip.
function(find_pip result)
  foreach(candidate "python3;-m;pip" "pip3" "python;-m;pip" "pip")
    execute_process(COMMAND ${candidate} --version RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
      set(${result} ${candidate} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  stop("No pip found, and the build fetches headers and tables with it: install Python 3 with pip "
                      "(Debian, Ubuntu: apt install python3-pip).")
endfunction()

function(check_sha256 file expected)
  file(SHA256 "${file}" actual)
  if(NOT actual STREQUAL expected)
    stop("${file} has SHA-256 ${actual}, not the pinned ${expected}. "
                        "Delete the file and build again; if it stays so, do not trust its source.")
  endif()
endfunction()

# Takes a temporary folder's place at `folder` in one step; whoever lost a race uses the winner's.
function(publish_folder temporary folder)
  file(RENAME "${temporary}" "${folder}" RESULT status)
  if(NOT status STREQUAL "0")
    file(REMOVE_RECURSE "${temporary}")
    if(NOT EXISTS "${folder}")
      stop("Cannot create ${folder}: ${status}")
    endif()
  endif()
endfunction()

# Makes a folder in the cache.
function(make_in_cache folder)
  execute_process(COMMAND "${CMAKE_COMMAND}" -E make_directory "${folder}" RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(NOT status EQUAL 0)
    stop("Nothing can be written to ${FETCH_CACHE}, where downloads are kept: "
                        "name another folder in SKIP_TUNING_BUILD_CACHE.")
  endif()
endfunction()

# fetch_with_pip(RESULT variable WHAT words NAME folder REQUIREMENT name==version FILE name SHA256 sum SIZE text
#                [PIP_OPTIONS ...] PATTERNS ...)
# Sets the variable to a folder that holds the archive's members that match the patterns.
function(fetch_with_pip)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "RESULT;WHAT;NAME;REQUIREMENT;FILE;SHA256;SIZE" "PIP_OPTIONS;PATTERNS")
  set(folder "${FETCH_CACHE}/${arg_NAME}")
  set(${arg_RESULT} "${folder}" PARENT_SCOPE)
  if(EXISTS "${folder}")
    return()
  endif()
  find_pip(pip)
  string(RANDOM LENGTH 8 suffix)
  set(temporary "${FETCH_CACHE}/.${arg_NAME}.${suffix}")
  make_in_cache("${temporary}/extracted")
  message(STATUS "Downloading ${arg_WHAT} (${arg_REQUIREMENT}, ${arg_SIZE}) once, into ${FETCH_CACHE}")
  execute_process(
    COMMAND ${pip} download --quiet --no-deps --no-cache-dir --disable-pip-version-check ${arg_PIP_OPTIONS}
            --dest "${temporary}" "${arg_REQUIREMENT}"
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    file(REMOVE_RECURSE "${temporary}")
    string(STRIP "${output}" output)
    stop("pip could not download ${arg_REQUIREMENT}: check the network and pip's configuration (pip said: ${output})")
  endif()
  check_sha256("${temporary}/${arg_FILE}" "${arg_SHA256}")
  message(STATUS "Unpacking ${arg_WHAT}")
  file(ARCHIVE_EXTRACT INPUT "${temporary}/${arg_FILE}" DESTINATION "${temporary}/extracted" PATTERNS ${arg_PATTERNS})
  publish_folder("${temporary}/extracted" "${folder}")
  file(REMOVE_RECURSE "${temporary}")
endfunction()
