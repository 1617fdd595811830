/* Shows that the public header is C99, and that a C program can use it. */
#include "skiptuning.h"

#include <string.h>

int skiptuning_from_c(void);

static int32_t go_on(void* user, uint64_t done, uint64_t total) {
  (void)user;
  return done <= total ? 0 : 1;
}

/* Returns 0, or the number of the first step that went wrong. */
int skiptuning_from_c(void) {
  st_context* context = NULL;
  st_memory memory;
  st_progress progress = go_on;
  char text[16];
  uint64_t length = 0;

  if (st_abi_version() != ST_ABI_VERSION) return 1;
  if (st_context_create("{\"device\":\"cpu\",\"threads\":1}", &context) != ST_OK || context == NULL) return 2;
  if (strlen(st_last_error()) != 0) return 3;

  memset(&memory, 0, sizeof memory);
  if (st_context_memory(context, &memory) != ST_INVALID_ARGUMENT) return 4;
  if (strstr(st_last_error(), "struct_size") == NULL) return 5;
  memory.struct_size = (uint32_t)sizeof memory;
  if (st_context_memory(context, &memory) != ST_OK || memory.peak < memory.allocated) return 6;

  if (st_context_info(context, text, sizeof text, &length) != ST_OK) return 7;
  if (length <= sizeof text || strlen(text) != sizeof text - 1) return 8;
  if (progress(NULL, 1, 2) != 0) return 9;

  st_context_release(context);
  st_context_release(NULL);
  st_model_release(NULL);
  st_cache_release(NULL);
  st_trainer_release(NULL);
  return 0;
}
