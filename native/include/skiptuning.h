/* The C ABI of Skip Tuning's native core.
 *
 * Rules that hold for every function:
 *  - st_status functions return ST_OK (zero) or an error; then st_last_error() has one line of text for this thread.
 *  - No function throws, unwinds or writes to standard output or error.
 *  - A pointer parameter belongs to the caller and is only read or written during the call, unless it says otherwise.
 *    Buffers are dense, the last index running fastest, in host memory and in the machine's byte order.
 *  - Handles are counted inside: they may be released in any order; releasing null does nothing. A handle may be used
 *    from several threads: calls on one model, its cache and its trainers run one after the other.
 *  - Every struct that is passed by pointer begins with struct_size = sizeof(the struct); another size is
 *    ST_INVALID_ARGUMENT. `reserved` fields are zero.
 *  - Options travel as JSON objects in UTF-8. An unknown key, a wrong type or a missing key is ST_INVALID_ARGUMENT and
 *    the text names the key. What is shown with "=" may be left out and has that value.
 */
#ifndef SKIPTUNING_H
#define SKIPTUNING_H

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

/* Grows with every change of a signature, a struct or a meaning; compare with st_abi_version() after loading. */
#define ST_ABI_VERSION 1u

/* Zero is success. 1-99: the caller; 100-199: the input's content; 200-299: resources; 300: cancelled; 400: internal */
typedef int32_t st_status;
enum {
  ST_OK = 0,
  ST_INVALID_ARGUMENT = 1,     /* null, a wrong size or shape, an unknown option, an index out of range */
  ST_INVALID_STATE = 2,        /* not now: e.g. a step before the cache is filled */
  ST_UNSUPPORTED = 3,          /* this device or build cannot do it */
  ST_BAD_INPUT = 100,          /* a weight missing, of the wrong shape or not finite */
  ST_OUT_OF_MEMORY = 200,      /* of the device or the host */
  ST_DEVICE_UNAVAILABLE = 201, /* no such device, or no driver for it */
  ST_IO = 202,                 /* a file could not be created, mapped or grown */
  ST_CANCELLED = 300,          /* a progress callback said so */
  ST_INTERNAL = 400            /* a failure inside the core or LibTorch */
};

typedef int32_t st_dtype;
enum { ST_FLOAT32 = 0, ST_FLOAT16 = 1, ST_BFLOAT16 = 2, ST_INT64 = 3, ST_UINT8 = 4, ST_FLOAT64 = 5, ST_INT32 = 6 };

/* Of a computation; weights that train keep fp32 masters. */
typedef int32_t st_precision;
enum { ST_PRECISION_FP32 = 0, ST_PRECISION_BF16 = 1, ST_PRECISION_FP16 = 2 };

typedef struct st_context st_context;
typedef struct st_model st_model;
typedef struct st_cache st_cache;
typedef struct st_trainer st_trainer;

#define ST_MAX_RANK 6

/* A described buffer. Strides count elements and are not negative, so that a transposed matrix needs no copy. */
typedef struct st_tensor {
  uint32_t struct_size;
  st_dtype dtype;
  const char* name; /* UTF-8 */
  void* data;       /* null when the tensor isn't in host memory: read it by st_..._read_... */
  uint64_t bytes;   /* of the memory behind data */
  int32_t rank;     /* 0..ST_MAX_RANK */
  int32_t reserved;
  int64_t shape[ST_MAX_RANK];
  int64_t strides[ST_MAX_RANK];
} st_tensor;

/* Called on the thread of the call it is given to. Returns non-zero to cancel. Must not unwind, nor call functions of
 * the same handle or of the model behind it. */
typedef int32_t (*st_progress)(void* user, uint64_t done, uint64_t total);

/* ---- library --------------------------------------------------------------------------------------------------- */

/* ST_ABI_VERSION of the library that was loaded. */
ST_API uint32_t st_abi_version(void) ST_NOEXCEPT;

/* What the last st_status call of this thread failed with: one line of UTF-8, empty after success. Valid until the
 * thread's next st_status call. */
ST_API const char* st_last_error(void) ST_NOEXCEPT;

/* Texts, here and below: at most capacity bytes are written to text, the last of them NUL; length receives the length
 * of the whole text without NUL, so a length >= capacity says that it was cut. text may be null if capacity is 0.
 *
 * {"abi":1,"libtorch":"2.10.0","cuda":false,"compiler":"...","settings":"LibTorch's own","methods":["coop",...]} */
ST_API st_status st_build_info(char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;

/* ---- context: one device --------------------------------------------------------------------------------------- */

/* options: {"device": "cpu" | "cuda:N", "threads": 0 = as many as LibTorch finds right,
 *           "gemm": "auto" (default) | "blas" | "onednn" | "tiles"}
 * gemm says who multiplies matrices on the CPU: in fp32 LibTorch's BLAS or its oneDNN, or in fp32 and bf16 the core
 * itself on AMX tiles, where fp32 numbers go as three of bf16 each with an error like that of sums in fp32. The first
 * context decides for the whole process, auto by measuring for a third of a second; a later one that asks for another
 * is refused as ST_INVALID_ARGUMENT. They differ in the last bits. ST_DEVICE_UNAVAILABLE if the device isn't there;
 * there is no falling back to another. */
ST_API st_status st_context_create(const char* options_json, st_context** context) ST_NOEXCEPT;

/* {"device":"cpu","threads":2,"devices":["cpu","cuda:0"],"cpu_capability":"AVX512","backends":["openblas", ...],
 *  "gemm":"onednn"}; for a card also "card_kernels_problem": why its steps use LibTorch's kernels alone, "" where they
 *  don't */
ST_API st_status st_context_info(st_context* context, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;

/* Measures the device, in about a second:
 * {"gemm":[{"precision":"fp32","m":1576,"n":768,"k":3072,"gflops":95.2}, ...],"bandwidth_gbs":21.3}
 * gflops counts 2mnk operations; bandwidth counts bytes read and written by an addition of two long vectors.
 * A precision that the device cannot multiply is left out. */
ST_API st_status st_context_measure(st_context* context, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;

/* The products of a linear layer's step, [m,k] by [k,n]: of x and a weight laid out [n,k]; of a gradient and a weight
 * laid out [k,n]; of a gradient laid out [k,m], turned, and x. */
typedef uint32_t st_product;
#define ST_PRODUCT_FORWARD 0u
#define ST_PRODUCT_INPUT_GRADIENT 1u
#define ST_PRODUCT_WEIGHT_GRADIENT 2u

/* Measures one product as the core multiplies it: gflops receives 2mnk operations over the fastest run's time, in
 * thousands of millions a second. Takes about a tenth of a second. ST_INVALID_ARGUMENT if the device lacks the
 * precision or a size is 0. */
ST_API st_status st_context_gemm_rate(st_context* context, st_precision precision, st_product product, uint64_t m,
                                      uint64_t n, uint64_t k, double* gflops) ST_NOEXCEPT;

/* Bytes of tensors on the context's device, of this process: neither mapped files nor memory of the caller. */
typedef struct st_memory {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t allocated; /* now */
  uint64_t peak;      /* the most since the process began or the last st_context_reset_peak */
} st_memory;
ST_API st_status st_context_memory(st_context* context, st_memory* memory) ST_NOEXCEPT;
/* Lets the peak begin again at what is allocated now; the device's other users see it, too. */
ST_API st_status st_context_reset_peak(st_context* context) ST_NOEXCEPT;
ST_API void st_context_release(st_context* context) ST_NOEXCEPT;

/* ---- model: both towers ---------------------------------------------------------------------------------------- */

/* configuration (all keys are needed):
 * {"embed_dim":512,"activation":"gelu"|"quick_gelu","layer_norm_epsilon":1e-5,
 *  "end_of_text":token id whose first place is pooled, or -1: the place of the largest id,
 *  "image":{"size":224,"patch":16,"layers":12,"width":768,"heads":12,"mlp_width":3072},
 *  "text":{"context":77,"vocabulary":49408,"layers":12,"width":512,"heads":8,"mlp_width":2048}}
 *
 * tensors [count] with OpenAI's names ("visual.conv1.weight", "transformer.resblocks.0.attn.in_proj_weight", ...), of
 * any float type. For in_proj_{weight,bias} three tensors "...attn.{q,k,v}_proj.{weight,bias}" are taken as well and
 * stacked. Their memory must stay until the model, its forks, caches and trainers are released: fp32 is used in place
 * on the CPU, and never written to.
 * ST_BAD_INPUT names the tensor that is missing, has another shape or holds a value that isn't finite; or a logit_scale
 * whose exponential isn't a number of fp32. */
ST_API st_status st_model_create(st_context* context, const char* configuration_json, const st_tensor* tensors,
                                 uint64_t count, st_model** model) ST_NOEXCEPT;

/* A second model that shares every tensor with the first until a trainer replaces some. Of what a trainer of the first
 * is training just then it gets a copy. */
ST_API st_status st_model_fork(st_model* model, st_model** fork) ST_NOEXCEPT;

/* The sizes that the buffers below are made of. */
typedef struct st_model_shape {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t embed_dim;      /* E */
  int64_t image_size;     /* S */
  int64_t context_length; /* most tokens in a text */
  int64_t vocabulary;     /* token ids are 0..vocabulary-1 */
} st_model_shape;
ST_API st_status st_model_get_shape(st_model* model, st_model_shape* shape) ST_NOEXCEPT;

ST_API st_status st_model_tensor_count(st_model* model, uint64_t* count) ST_NOEXCEPT;

/* A view of parameter `index`, in the order of the names; name and data live as long as the model. A training step
 * changes what is seen; a trainer made later moves the trained tensors elsewhere, and the view keeps the old values. */
ST_API st_status st_model_tensor_at(st_model* model, uint64_t index, st_tensor* tensor) ST_NOEXCEPT;

/* Copies a parameter, dense and converted, from any device; bytes must be its number of elements times dtype's size. */
ST_API st_status st_model_read_tensor(st_model* model, const char* name, st_dtype dtype, void* data,
                                      uint64_t bytes) ST_NOEXCEPT;

/* pixels [count,3,S,S] fp32, prepared; features [count,E] fp32, of length 1: damaged weights may give rows that have no
 * direction, which are then NaN or zero. */
ST_API st_status st_model_encode_images(st_model* model, st_precision precision, const float* pixels, int64_t count,
                                        float* features) ST_NOEXCEPT;

/* tokens [count,length] ids, 1 <= length <= context_length; features [count,E] fp32 as above. */
ST_API st_status st_model_encode_texts(st_model* model, st_precision precision, const int64_t* tokens, int64_t count,
                                       int64_t length, float* features) ST_NOEXCEPT;

/* image_features [images,E], text_features [texts,E], both fp32 of length 1;
 * logits [images,texts] fp32 = exp(logit_scale) * image_features . text_features^T */
ST_API st_status st_model_logits(st_model* model, const float* image_features, int64_t images,
                                 const float* text_features, int64_t texts, float* logits) ST_NOEXCEPT;

/* How far each block's output is from the same block's of another model of the same shape and device, for the same
 * input: distances [layers,count] fp32, Euclidean over all tokens (of a text up to end-of-text); lengths [layers,count]
 * fp32 of the first model's outputs. "before" and "after" of a training: its feature sensitivity. pixels and tokens as
 * for encoding. */
ST_API st_status st_model_compare_images(st_model* before, st_model* after, st_precision precision, const float* pixels,
                                         int64_t count, float* distances, float* lengths) ST_NOEXCEPT;
ST_API st_status st_model_compare_texts(st_model* before, st_model* after, st_precision precision,
                                        const int64_t* tokens, int64_t count, int64_t length, float* distances,
                                        float* lengths) ST_NOEXCEPT;

ST_API void st_model_release(st_model* model) ST_NOEXCEPT;

/* ---- pictures -------------------------------------------------------------------------------------------------- */

typedef int32_t st_filter; /* of resizing */
enum { ST_FILTER_BICUBIC = 0, ST_FILTER_BILINEAR = 1 };

/* An 8-bit RGB picture and the part of it that becomes a size x size window, as torchvision's crop, resize, crop and
 * horizontal flip after each other would make it: the box is cut out of the source, resized to resized_width x
 * resized_height, and the window is taken out of that. Box and window must lie inside. */
typedef struct st_picture {
  uint32_t struct_size;
  int32_t width, height;
  int32_t flip;       /* 1: the window is mirrored left to right */
  const uint8_t* rgb; /* height rows of row_bytes bytes, each of width pixels of 3 bytes and any padding */
  int64_t row_bytes;  /* >= 3 * width */
  int32_t box_left, box_top, box_width, box_height;
  int32_t resized_width, resized_height;
  int32_t window_left, window_top;
  st_filter filter;
  int32_t reserved;
} st_picture;

/* output [count,3,size,size] fp32 = (value / 255 - mean) / deviation, channel by channel, with values resized as
 * Pillow 13 resizes 8-bit pictures, antialiased, equal byte for byte. threads: 0 = as many as the machine has. */
ST_API st_status st_image_prepare(const st_picture* pictures, uint64_t count, int32_t size, const float mean[3],
                                  const float deviation[3], int32_t threads, float* output) ST_NOEXCEPT;

/* The same of one picture before normalising: output [size,size,3] bytes. */
ST_API st_status st_image_resize(const st_picture* picture, int32_t size, uint8_t* output) ST_NOEXCEPT;

/* A picture bent and recoloured for augmentation. For output pixel (x, y), 0 <= x, y < size, the source is read at
 *   u = map[0]*(x+0.5) + map[1]*(y+0.5) + map[2],   v = map[3]*(x+0.5) + map[4]*(y+0.5) + map[5]
 * in pixels, the first pixel's centre being (0.5, 0.5), by bilinear interpolation of the four nearest centres, where
 * the source goes on for ever in the background colour. There is no antialiasing: shrink beforehand.
 * Then, on values c in 0..255, with grey(c) = 0.299 R + 0.587 G + 0.114 B, each step clamped to 0..255:
 *   brightness   c = brightness * c
 *   contrast     c = contrast * c + (1 - contrast) * m, m the mean of grey(c) over the output picture
 *   saturation   c = saturation * c + (1 - saturation) * grey(c)
 *   greyscale    if set: as a saturation of 0, in its place
 * A factor of 1 changes nothing. */
typedef struct st_warp {
  uint32_t struct_size;
  int32_t width, height;
  int32_t greyscale;  /* 0 or 1 */
  const uint8_t* rgb; /* as in st_picture */
  int64_t row_bytes;
  float map[6];
  float brightness, contrast, saturation; /* >= 0 */
  uint8_t background[3];                  /* R, G, B */
  uint8_t reserved;
} st_warp;

/* output [count,3,size,size] fp32 = (value / 255 - mean) / deviation; threads as in st_image_prepare. */
ST_API st_status st_image_warp(const st_warp* pictures, uint64_t count, int32_t size, const float mean[3],
                               const float deviation[3], int32_t threads, float* output) ST_NOEXCEPT;

/* ---- cache: outputs of the frozen blocks (LSkip) --------------------------------------------------------------- */

/* options: {"images": N rows, "texts": M classes, "image_start": frozen blocks of the image tower; all of them: the
 * images' rows are features, as long as the tower makes them,
 *   "text_start": of the text tower, "precision"="fp32"|"bf16"|"fp16" of the computation,
 *   "storage"="fp32"|"bf16"|"fp16", "file"=null | path: the images' rows are mapped there, a file that loses its name
 * at once, instead of held in the device's memory; for a CUDA model a step's rows then travel to the device,
 *   "most_shared": of the tokens that all prompts begin with, how many may be computed once for all; all} All that
 * is put is computed with the model's weights as they are now, also when the model is trained later. ST_IO if the file
 * cannot be made as large as needed. */
ST_API st_status st_cache_create(st_model* model, const char* options_json, st_cache** cache) ST_NOEXCEPT;

/* pixels [count,3,S,S] fp32, prepared, into rows first_row .. first_row+count-1; may be written again. A step on a
 * row that was never put is ST_INVALID_STATE. */
ST_API st_status st_cache_put_images(st_cache* cache, int64_t first_row, const float* pixels,
                                     int64_t count) ST_NOEXCEPT;

/* All M class prompts at once, tokens [count = M, length]; also computes the class prototypes of CSkip from the
 * untouched model. progress may be null; user is handed to it. May be put again; after ST_CANCELLED or another failure
 * inside the computation the texts count as not put, and a step is ST_INVALID_STATE. */
ST_API st_status st_cache_put_texts(st_cache* cache, const int64_t* tokens, int64_t count, int64_t length,
                                    st_progress progress, void* user) ST_NOEXCEPT;

/* Text features of other prompts, which a method is held to (kgcoop, prograd, promptsrc, tcp) or classifies with
 * (clip-adapter, tip-adapter, lp++): tokens [count = T*M, length], T templates behind each other. A class's T features
 * are averaged, each at length 1 before that where of_length_1 isn't 0, and brought to length 1. Progress and failures
 * as of st_cache_put_texts. */
ST_API st_status st_cache_put_teacher_texts(st_cache* cache, const int64_t* tokens, int64_t count, int64_t length,
                                            int32_t of_length_1, st_progress progress, void* user) ST_NOEXCEPT;

/* What rows of the images came to, as they are stored and in the host's byte order: [count, tokens, width], or
 * [count, embedding] of features; bytes is their size. Written rows count as put: for what a cache of another process
 * with the same model, options and pictures came to. Their numbers are not looked at. ST_INVALID_STATE if one is read
 * that was never put. */
ST_API st_status st_cache_read_images(st_cache* cache, int64_t first_row, int64_t count, void* rows,
                                      uint64_t bytes) ST_NOEXCEPT;
ST_API st_status st_cache_write_images(st_cache* cache, int64_t first_row, int64_t count, const void* rows,
                                       uint64_t bytes) ST_NOEXCEPT;

ST_API void st_cache_release(st_cache* cache) ST_NOEXCEPT;

/* ---- trainer --------------------------------------------------------------------------------------------------- */

/* Trains the given model in place (fork it first to keep the original), or parameters of the method's own beside it;
 * the weights given to st_model_create are not written to. cache may be null for the method "contrastive". options:
 * {"method": one of st_build_info's "methods", "precision"="fp32"|"bf16"|"fp16", "reference"=false: true for the plain
 * autograd computation that tests compare with, "optimizer"={"name"="sgd"|"adam"|"adamw"; "muon" for contrastive, where
 * it cannot be left out; adam's decay is part of the gradients;
 * "momentum"=0.9,"weight_decay"=5e-4,"beta1"=0.9,"beta2"=0.999,"epsilon"=1e-8}, "selection" of skip and
 * lora={"top_ratio"=1.0 share r of classes kept for sure, above 1 a count; "max_classes"=0 cap, 0 is none; "lambda"=0.0
 * scale of the exponential tail, 0 is none; "mask"="run"|"step"; "seed"=1}, "prompt" of coop, cocoop, kgcoop, prograd,
 * maple, promptsrc, tcp, dept={"tokens"=16 trained vectors n, "initial"="random"|"prompt"|"zero": drawn from N(0,
 * 0.02^2) by the seed, what the prompts hold in their place, or zero but for the last "words"=0, which are what they
 * hold; "seed"=1; "position"="end"|"middle"|"front": the class's name behind them, amid them or before them, for which
 * "name_lengths" [M] says the tokens of each name; "of_each_class"=false: n vectors for each class; "depth"=1 blocks
 * whose input has vectors (maple, promptsrc), or the block before which those of the classes come in, counted from 1
 * (tcp); "hidden"=0 width inside of a meta net (cocoop, tcp), 0 is the published}, "teacher" of kgcoop, prograd,
 * promptsrc, tcp={"text_weight"=8.0,"image_weight"=10.0,"logit_weight"=1.0, "temperature"=1.0}, "adapter" of
 * clip-adapter={"reduction"=4,"share"=0.2,"seed"=1}, "decoupling" of
 * dept={"base"="kgcoop"|"coop"|"maple","weight"=0.7}, "picture_cache" of tip-adapter={"pictures": N, "trained"=false,
 * "alpha"=1.0 and "beta"=1.0 until st_trainer_validate chooses from a grid that ends at "most_alpha"=10.0 and
 * "most_beta"=10.0}, "probe" of linear={"cost"=1.0, "search"=false: true for the cost that validations find}; of
 * lp++={"summed_alpha"=true}, "low_rank" of lora={"rank"=2 of the additions to the queries, keys and values of every
 * block from the cache's start layers on; "alpha"=1.0: they are scaled by alpha / sqrt(rank); "dropout"=0.25 share of
 * their input that each step drops; "seed"=1}, "trained_classes"=0: how many classes it was trained on where the
 * cache's are others, for a prediction; else 0} A group that the method has no use for changes nothing. Prompts want
 * "text_start" 0, and any placeholders in the places of the vectors. Methods that change nothing in the image tower
 * (coop, kgcoop, prograd, cocoop, tcp, dept, linear, lp++, clip-adapter, tip-adapter) want a cache of image features;
 * maple, promptsrc and lora one with "image_start" 0. Methods of the list above that classify with a teacher or are
 * held to one want its texts in the cache. Only skip and contrastive change the model's tensors. */
ST_API st_status st_trainer_create(st_model* model, st_cache* cache, const char* options_json,
                                   st_trainer** trainer) ST_NOEXCEPT;

/* One step of fine-tuning. */
typedef struct st_step {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t step;              /* 0, 1, 2, ...: keys the random draws */
  int64_t batch;              /* >= 1 */
  const int64_t* image_rows;  /* [batch] rows of the cache */
  const int64_t* labels;      /* [batch] class indices */
  double text_learning_rate;  /* text tower and everything else; 0 or above */
  double image_learning_rate; /* image tower */
  double loss;                /* out: mean over the batch, before the update */
  int64_t* kept_classes;      /* room for kept_capacity indices, or null; out: those of the kept classes, ascending */
  int64_t kept_capacity;      /* of kept_classes; as many as there are classes is always enough */
  int64_t kept_count;         /* out: classes kept by CSkip; above kept_capacity, kept_classes was cut */
} st_step;
ST_API st_status st_trainer_step(st_trainer* trainer, st_step* step) ST_NOEXCEPT;

/* The same in two halves, between which a card computes while the caller goes on. begin reads the step's inputs and
 * leaves its results alone; end waits for the earliest step that was begun and writes the results, its inputs aside.
 * At most 64 may be begun and not ended: more, or an end without a begin, is ST_INVALID_STATE, and so is
 * st_trainer_step meanwhile. What else is called on the trainer, its model or its cache sees all begun steps as done.
 */
ST_API st_status st_trainer_begin_step(st_trainer* trainer, const st_step* step) ST_NOEXCEPT;
ST_API st_status st_trainer_end_step(st_trainer* trainer, st_step* step) ST_NOEXCEPT;

/* One step of contrastive pre-training. */
typedef struct st_contrastive_step {
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t step;
  int64_t batch;         /* >= 2 */
  const float* pixels;   /* [batch,3,S,S] fp32, prepared */
  const int64_t* tokens; /* [batch,length] */
  int64_t length;
  const int64_t* groups;       /* [batch] pairs of one group are positives of each other */
  double matrix_learning_rate; /* Muon: matrices of the blocks */
  double other_learning_rate;  /* AdamW: all the rest */
  double average_decay;        /* exponential moving average of the weights; 0 leaves it alone */
  double loss;                 /* out */
} st_contrastive_step;
ST_API st_status st_trainer_contrastive_step(st_trainer* trainer, st_contrastive_step* step) ST_NOEXCEPT;

/* Of linear, lp++ and tip-adapter, before the first step: features of all training pictures, a cache of V*count rows, V
 * views of picture i in rows i, count + i, ...; labels [count]. Sets first values. The steps of linear and
 * lp++ look at no batch; tip-adapter without trained keys takes none. */
ST_API st_status st_trainer_prepare(st_trainer* trainer, st_cache* pictures, const int64_t* labels,
                                    int64_t count) ST_NOEXCEPT;
/* Of the same, pictures to choose by, a cache of count rows: after each step (linear: the next cost; lp++: whether
 * these weights are the best) or after the last (tip-adapter: alpha and beta). */
ST_API st_status st_trainer_validate(st_trainer* trainer, st_cache* pictures, const int64_t* labels,
                                     int64_t count) ST_NOEXCEPT;

/* logits [count,M] fp32 of prepared pixels [count,3,S,S] against the cache's classes, with the method's parameters as
 * they are; of features in a cache's rows for methods that change nothing in the image tower. skip, lora and
 * contrastive have none: they leave an ordinary model. */
ST_API st_status st_trainer_logits(st_trainer* trainer, const float* pixels, int64_t count, float* logits) ST_NOEXCEPT;

/* Adds weight times the trained parameters to a sum, which is part of the state; puts the sum in their place
 * (PromptSRC's mean over epochs). */
ST_API st_status st_trainer_accumulate(st_trainer* trainer, double weight) ST_NOEXCEPT;
ST_API st_status st_trainer_use_accumulated(st_trainer* trainer) ST_NOEXCEPT;

/* Puts what lora trains beside the model into the model's tensors, as W + alpha / sqrt(r) B A. To be called once, after
 * the last step: the trainer takes no steps, states or logits after it: ST_INVALID_STATE. */
ST_API st_status st_trainer_merge(st_trainer* trainer) ST_NOEXCEPT;

/* Everything a resumed run needs, as named tensors: weights, momentum, ... The views live as long as the trainer; a
 * step or a restore changes what is seen. What a method trains beside the model is there once more under names of
 * its own, "own/...", and what else a prediction needs as "kept/...". Such as "own/context" [tokens,D]; of a block
 * "own/<block>.attn.in_proj_lora_a" [3r,D], the A of queries, keys and values one behind the other, and "..._b" [3D,r],
 * so that a part of in_proj_weight becomes W + alpha / sqrt(r) B A. <block> is "transformer.resblocks.0",
 * "visual.transformer.resblocks.0" and so on. */
ST_API st_status st_trainer_state_count(st_trainer* trainer, uint64_t* count) ST_NOEXCEPT;
ST_API st_status st_trainer_state_at(st_trainer* trainer, uint64_t index, st_tensor* tensor) ST_NOEXCEPT;
/* Copies tensor `index` of the state, dense, from any device; bytes must be its own. */
ST_API st_status st_trainer_read_state(st_trainer* trainer, uint64_t index, void* data, uint64_t bytes) ST_NOEXCEPT;
/* Copies a state of the same names and shapes in: a whole one, or of one without "weights" all that a prediction needs,
 * "own/..." and "kept/...", and not "loss_scaling". ST_BAD_INPUT names what is missing, differs or isn't finite; some
 * of it may be copied then. */
ST_API st_status st_trainer_restore(st_trainer* trainer, const st_tensor* tensors, uint64_t count) ST_NOEXCEPT;

/* {"trained_parameters":31414272,"held_bytes":83886080}: how many numbers are trained, and what the last step's forward
 * kept for its backward; 0 before the first step and where that is not counted */
ST_API st_status st_trainer_info(st_trainer* trainer, char* text, uint64_t capacity, uint64_t* length) ST_NOEXCEPT;

ST_API void st_trainer_release(st_trainer* trainer) ST_NOEXCEPT;

#ifdef __cplusplus
}
#endif
#endif
