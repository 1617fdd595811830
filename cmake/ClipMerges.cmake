# cmake -DDESTINATION=<folder> -P ClipMerges.cmake: puts CLIP's table of byte-pair merges there.
include("${CMAKE_CURRENT_LIST_DIR}/Fetch.cmake")

set(name bpe_simple_vocab_16e6.txt.gz)
if(NOT EXISTS "${DESTINATION}/${name}")
  fetch_with_pip(
    RESULT open_clip
    WHAT "CLIP's byte-pair merges"
    NAME open_clip_torch-3.3.0
    REQUIREMENT open_clip_torch==3.3.0
    FILE open_clip_torch-3.3.0-py3-none-any.whl
    SHA256 c549ad5ed6bfc119cc11105033c0a2b9d7a2a4afeb40a58a09aab3da1a0043ce
    SIZE "1.5 MB"
    PIP_OPTIONS --only-binary=:all:
    PATTERNS open_clip/${name} "open_clip_torch-3.3.0.dist-info/licenses/*")
  file(COPY "${open_clip}/open_clip/${name}" DESTINATION "${DESTINATION}")
endif()
