/* Draft of the whole C ABI. Owner: the boundary. See the comments for shapes and ownership. */
#ifndef SKIPTUNING_H
#define SKIPTUNING_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define ST_NOEXCEPT noexcept
#else
#define ST_NOEXCEPT
#endif
#if defined(__GNUC__)
#define ST_API __attribute__((visibility("default")))
#else
#define ST_API
#endif

#define ST_ABI_VERSION 1u

/* Zero is success. 1-99: the caller; 100-199: the input's content; 200-299: resources; 300: cancelled; 400-: internal. */
typedef int32_t st_status;
enum {
  ST_OK = 0,
  ST_INVALID_ARGUMENT = 1,
  ST_INVALID_STATE = 2,
  ST_UNSUPPORTED = 3,
  ST_BAD_INPUT = 100,
  ST_OUT_OF_MEMORY = 200,
  ST_DEVICE_UNAVAILABLE = 201,
  ST_IO = 202,
  ST_CANCELLED = 300,
  ST_INTERNAL = 400
};

typedef int32_t st_dtype;
enum { ST_FLOAT32 = 0, ST_FLOAT16 = 1, ST_BFLOAT16 = 2, ST_INT64 = 3, ST_UINT8 = 4, ST_FLOAT64 = 5, ST_INT32 = 6 };

typedef int32_t st_precision; /* of the computation; weights that train keep fp32 masters */
enum { ST_PRECISION_FP32 = 0, ST_PRECISION_BF16 = 1, ST_PRECISION_FP16 = 2 };

typedef struct st_context st_context;
typedef struct st_model st_model;
typedef struct st_cache st_cache;
typedef struct st_trainer st_trainer;

/* A described buffer. Strides count elements, so that a transposed matrix needs no copy. */
#define ST_MAX_RANK 6
typedef struct st_tensor {
  uint32_t struct_size;
  st_dtype dtype;
  const char* name; /* UTF-8 */
  void* data;       /* null when the tensor isn't in host memory */
  uint64_t bytes;   /* of the memory behind data */
  int32_t rank;
  int32_t reserved;
  int64_t shape[ST_MAX_RANK];
  int64_t strides[ST_MAX_RANK];
} st_tensor;

/* Returns non-zero to cancel. Never unwinds. */
typedef int32_t (*st_progress)(void* user, uint64_t done, uint64_t total);

/* ---- library */
ST_API uint32_t st_abi_version(void) ST_NOEXCEPT;
ST_API const char* st_last_error(void) ST_NOEXCEPT;
/* Text results: writes at most capacity bytes with a final NUL, and always the full length (without NUL). */
ST_API st_status st_build_info(char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;

/* ---- context: one device. options: {"device":"cpu"|"cuda:N","threads":0} */
ST_API st_status st_context_create(const char* options_json, st_context** context) ST_NOEXCEPT;
ST_API st_status st_context_info(st_context* context, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;
/* GEMM rates by precision and shape, memory bandwidth; takes about a second. */
ST_API st_status st_context_measure(st_context* context, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;
typedef struct st_memory {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t allocated;
  uint64_t peak;
} st_memory;
ST_API st_status st_context_memory(st_context* context, st_memory* memory) ST_NOEXCEPT;
ST_API void st_context_release(st_context* context) ST_NOEXCEPT;

/* ---- model. Canonical names are OpenAI's ("visual.conv1.weight", "transformer.resblocks.0.attn.in_proj_weight", ...).
 * For in_proj_{weight,bias} three tensors "...attn.{q,k,v}_proj.{weight,bias}" are taken as well and stacked.
 * The buffers must outlive the model: fp32 ones are used in place. */
ST_API st_status st_model_create(st_context* context, const char* configuration_json, const st_tensor* tensors,
                                 uint64_t count, st_model** model) ST_NOEXCEPT;
/* A second model that shares every tensor with the first until a trainer replaces some. */
ST_API st_status st_model_fork(st_model* model, st_model** fork) ST_NOEXCEPT;
ST_API st_status st_model_tensor_count(st_model* model, uint64_t* count) ST_NOEXCEPT;
/* A view that lives as long as the model and until its next training step. */
ST_API st_status st_model_tensor_at(st_model* model, uint64_t index, st_tensor* tensor) ST_NOEXCEPT;
ST_API st_status st_model_read_tensor(st_model* model, const char* name, st_dtype dtype, void* data, uint64_t bytes) ST_NOEXCEPT;
/* pixels [count,3,S,S] fp32, prepared; features [count,E] fp32, of length 1. */
ST_API st_status st_model_encode_images(st_model* model, st_precision precision, const float* pixels, int64_t count,
                                        float* features) ST_NOEXCEPT;
/* tokens [count,length] int64; features [count,E] fp32, of length 1. */
ST_API st_status st_model_encode_texts(st_model* model, st_precision precision, const int64_t* tokens, int64_t count,
                                       int64_t length, float* features) ST_NOEXCEPT;
/* logits [images,texts] = exp(logit_scale) * image_features . text_features^T */
ST_API st_status st_model_logits(st_model* model, const float* image_features, int64_t images, const float* text_features,
                                 int64_t texts, float* logits) ST_NOEXCEPT;
ST_API void st_model_release(st_model* model) ST_NOEXCEPT;

/* ---- pictures */
typedef struct st_picture {
  uint32_t struct_size;
  int32_t width, height;
  int32_t flip;                                    /* 1: mirrored left to right, after resizing */
  const uint8_t* rgb;                              /* height rows of row_bytes */
  int64_t row_bytes;
  int32_t box_left, box_top, box_width, box_height; /* the part of the source that is resized */
  int32_t resized_width, resized_height;
  int32_t window_left, window_top;                  /* the size x size window taken out of the resized picture */
} st_picture;
/* Bicubic with antialiasing, as Pillow resizes 8-bit pictures; output [count,3,size,size] fp32 = (v/255 - mean) / deviation. */
ST_API st_status st_image_prepare(const st_picture* pictures, uint64_t count, int32_t size, const float mean[3],
                                  const float deviation[3], int32_t threads, float* output) ST_NOEXCEPT;
/* The same without normalising: rgb [size,size,3] bytes of one picture. */
ST_API st_status st_image_resize(const st_picture* picture, int32_t size, uint8_t* output) ST_NOEXCEPT;

/* ---- cache: outputs of the frozen prefix (LSkip)
 * options: {"images":N,"texts":M,"image_start":w,"text_start":w,"precision":"fp32","storage":"fp32|bf16|fp16","file":null} */
ST_API st_status st_cache_create(st_model* model, const char* options_json, st_cache** cache) ST_NOEXCEPT;
ST_API st_status st_cache_put_images(st_cache* cache, int64_t first_row, const float* pixels, int64_t count) ST_NOEXCEPT;
/* All class prompts at once, [count,length]; also computes the class prototypes from the untouched model. */
ST_API st_status st_cache_put_texts(st_cache* cache, const int64_t* tokens, int64_t count, int64_t length,
                                    st_progress progress, void* user) ST_NOEXCEPT;
ST_API void st_cache_release(st_cache* cache) ST_NOEXCEPT;

/* ---- trainer: trains the given model in place (fork it first to keep the original).
 * options: {"method":"skip"|"contrastive","precision":"fp32","reference":false,
 *   "optimizer":{"name":"sgd|adamw|muon","momentum":0.9,"weight_decay":5e-4,"beta1":..,"beta2":..,"epsilon":..},
 *   "selection":{"top_ratio":0.05,"max_classes":0,"lambda":0.3,"mask":"run|step","seed":1}} */
ST_API st_status st_trainer_create(st_model* model, st_cache* cache, const char* options_json, st_trainer** trainer) ST_NOEXCEPT;
typedef struct st_step {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t step;                 /* 0,1,2...: keys the random draws */
  int64_t batch;
  const int64_t* image_rows;     /* [batch] rows of the cache */
  const int64_t* labels;         /* [batch] class indices */
  double text_learning_rate;     /* text tower and everything else */
  double image_learning_rate;
  /* results */
  double loss;
  int64_t kept_count;
  int64_t* kept_classes;         /* in: room for all classes, or null; out: ascending */
} st_step;
ST_API st_status st_trainer_step(st_trainer* trainer, st_step* step) ST_NOEXCEPT;
typedef struct st_contrastive_step {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t step;
  int64_t batch;
  const float* pixels;           /* [batch,3,S,S] */
  const int64_t* tokens;         /* [batch,length] */
  int64_t length;
  const int64_t* groups;         /* [batch] pairs of one group are positives of each other */
  double matrix_learning_rate;   /* Muon: matrices of the blocks */
  double other_learning_rate;    /* AdamW: all the rest */
  double average_decay;          /* exponential moving average of the weights; 0 leaves it alone */
  double loss;                   /* result */
} st_contrastive_step;
ST_API st_status st_trainer_contrastive_step(st_trainer* trainer, st_contrastive_step* step) ST_NOEXCEPT;
/* Everything a resume needs, as named tensors: weights, momentum, ... */
ST_API st_status st_trainer_state_count(st_trainer* trainer, uint64_t* count) ST_NOEXCEPT;
ST_API st_status st_trainer_state_at(st_trainer* trainer, uint64_t index, st_tensor* tensor) ST_NOEXCEPT;
ST_API st_status st_trainer_restore(st_trainer* trainer, const st_tensor* tensors, uint64_t count) ST_NOEXCEPT;
/* {"trained_parameters":..,"gflop":..,...} */
ST_API st_status st_trainer_info(st_trainer* trainer, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;
ST_API void st_trainer_release(st_trainer* trainer) ST_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
