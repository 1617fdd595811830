package org.skiptuning.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.skiptuning.CheckpointException;

class ConfigurationTest {
    private static final String VISION = "'image_size':224,'layers':12,'width':768,'patch_size':16";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'timm_model_name':'vit_base_patch16_siglip_224'",
                "'pool_type':'avg'",
                "'no_ln_pre':true",
                "'attentional_pool':true",
                "'ls_init_value':0.1",
                "'final_ln_after_pool':true",
                "'pos_embed_type':'sin_cos_2d'",
                "'qk_norm':true",
                "'output_tokens':true",
                "'act_kwargs':{'approximate':'tanh'}",
                "'from_the_future':1",
                "'norm_kwargs':{'elementwise_affine':false, 'bias':3}",
                "'layers':[3,4,6,3]",
                "'width':'768'",
                "'width':768.5",
                "'layers':0",
                "'layers':2000000000",
                "'head_width':100",
                "'patch_size':[16,14]",
                "'patch_size':300",
                "'width':-64",
            })
    void openClipsOtherImageTowersAreRefused(String change) {
        var vision = VISION;
        var key = change.substring(0, change.indexOf(':'));
        vision = vision.replaceAll(key + ":\\d+,?", "");
        var json = "{'embed_dim':512,'vision_cfg':{" + vision + (vision.endsWith(",") ? "" : ",") + change
                + "},'text_cfg':{}}";
        assertThatThrownBy(() -> OpenClipConfiguration.read(object(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("test.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'hf_model_name':'roberta-base'",
                "'no_causal_mask':true",
                "'embed_cls':true",
                "'pool_type':'last'",
                "'proj_type':'none'",
                "'proj_bias':true",
                "'vocab_size':0",
                "'context_length':1e9",
                "'heads':7",
            })
    void openClipsOtherTextTowersAreRefused(String change) {
        var json = "{'embed_dim':512,'vision_cfg':{},'text_cfg':{" + change + "}}";
        assertThatThrownBy(() -> OpenClipConfiguration.read(object(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("test.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'multimodal_cfg':{'width':512}", "'init_logit_bias':-10", "'embed_dim':0", "'quick_gelu':'yes'"
            })
    void openClipsOtherModelsAreRefused(String change) {
        var json = "{'vision_cfg':{},'text_cfg':{}," + (change.contains("embed_dim") ? "" : "'embed_dim':512,") + change
                + "}";
        assertThatThrownBy(() -> OpenClipConfiguration.read(object(json))).isInstanceOf(CheckpointException.class);
    }

    @Test
    void keysThatChangeNothingAreTaken() {
        var json =
                "{'embed_dim':512,'init_logit_bias':null,'custom_text':true,'vision_cfg':{'pool_type':'tok','patch_dropout':0.5,"
                        + "'timm_pool':'avg','ls_init_value':null,'norm_kwargs':{'eps':1e-6}},"
                        + "'text_cfg':{'pad_id':1,'norm_kwargs':{'eps':1e-6},'act_kwargs':{}}}";
        assertThat(OpenClipConfiguration.read(object(json)).layerNormEpsilon()).isEqualTo(1e-6);
    }

    @ParameterizedTest
    @CsvSource({"20, 24, 5, 48", "1280, 1664, 16, 8192", "96, 104, 13, 321", "64, 7, 7, 1000"})
    void configurationsSurviveBothFormats(int embed, int width, int heads, int mlp) {
        var configuration = new ClipConfiguration(
                embed,
                Activation.GELU,
                1e-6,
                -1,
                new ClipConfiguration.ImageTower(32, 8, 2, width * heads, heads, mlp),
                new ClipConfiguration.TextTower(12, 100, 3, width * heads, heads, mlp));
        assertThat(OpenClipConfiguration.read(new JsonObject(OpenClipConfiguration.write(configuration), "test.json")))
                .isEqualTo(configuration);
        assertThat(HuggingFaceConfiguration.read(
                        new JsonObject(HuggingFaceConfiguration.write(configuration), "test.json")))
                .isEqualTo(configuration);
    }

    @Test
    void huggingFaceDefaultsAndOldFormsAreFollowed() {
        var plain = HuggingFaceConfiguration.read(object("{'model_type':'clip'}"));
        assertThat(plain.image()).isEqualTo(new ClipConfiguration.ImageTower(224, 32, 12, 768, 12, 3072));
        assertThat(plain.endOfText()).isEqualTo(49407);
        var old = HuggingFaceConfiguration.read(
                object("{'model_type':'clip','text_config':{'eos_token_id':2,'hidden_size':768},"
                        + "'text_config_dict':{'hidden_size':1024,'num_attention_heads':16}}"));
        assertThat(old.endOfText()).isEqualTo(-1);
        assertThat(old.text().width()).isEqualTo(1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'model_type':'siglip'}",
                "{}",
                "[]",
                "{'model_type':'clip','vision_config':{'hidden_act':'gelu'}}",
                "{'model_type':'clip','text_config':{'hidden_act':'relu'}}",
                "{'model_type':'clip','text_config':{'layer_norm_eps':1e-6}}",
                "{'model_type':'clip','vision_config':{'num_channels':1}}",
                "{'model_type':'clip','text_config':{'vocab_size':100}}",
            })
    void huggingFacesOtherModelsAreRefused(String json) {
        assertThatThrownBy(() -> HuggingFaceConfiguration.read(object(json)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("test.json");
    }

    @Test
    void huggingFacePreprocessingInItsForms() {
        assertThat(huggingFace("{}")).isEqualTo(Preprocessing.openAi(224));
        assertThat(huggingFace("{'size':224,'crop_size':224,'resample':3}")).isEqualTo(Preprocessing.openAi(224));
        assertThat(huggingFace("{'size':{'height':224,'width':224},'do_center_crop':false}")
                        .resizeMode())
                .isEqualTo(ResizeMode.SQUASH);
        for (var json : new String[] {
            "{'resample':2}",
            "{'size':256}",
            "{'do_normalize':false}",
            "{'image_mean':[0.5]}",
            "{'image_std':[0,1,1]}",
            "{'image_std':[1,1e-45,1]}",
            "{'image_mean':[0,1e39,0]}",
            "{'image_mean':[0,1e400,0]}",
            "{'image_mean':[0,1%s,0]}".formatted("0".repeat(400)),
            "{'size':-224}",
            "{'crop_size':{'height':0,'width':0}}",
            "{'do_center_crop':false}",
            "{'rescale_factor':1}",
            "{'size':{'height':224,'width':112}}"
        }) {
            assertThatThrownBy(() -> huggingFace(json)).as(json).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void openClipPreprocessingInItsForms() {
        assertThat(openClip("{}")).isEqualTo(Preprocessing.openAi(224));
        assertThat(openClip("{'resize_mode':'squash','size':[224,224]}").resizeMode())
                .isEqualTo(ResizeMode.SQUASH);
        for (var json : new String[] {
            "{'interpolation':'bilinear'}",
            "{'resize_mode':'longest'}",
            "{'size':336}",
            "{'mode':'L'}",
            "{'mean':[1e39,1e39,1e39]}"
        }) {
            assertThatThrownBy(() -> openClip(json)).as(json).isInstanceOf(CheckpointException.class);
        }
        var own = new Preprocessing(
                64, java.util.List.of(.1f, .2f, .3f), java.util.List.of(1f, 2f, 3f), ResizeMode.SQUASH);
        assertThat(PreprocessingFiles.readOpenClip(new JsonObject(PreprocessingFiles.writeOpenClip(own), "x"), 64))
                .isEqualTo(own);
        assertThat(PreprocessingFiles.readHuggingFace(
                        new JsonObject(PreprocessingFiles.writeHuggingFace(own), "x"), 64))
                .isEqualTo(own);
    }

    private static Preprocessing huggingFace(String json) {
        return PreprocessingFiles.readHuggingFace(object(json), 224);
    }

    private static Preprocessing openClip(String json) {
        return PreprocessingFiles.readOpenClip(object(json), 224);
    }

    private static JsonObject object(String json) {
        return new JsonObject(
                Json.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "test.json"), "test.json");
    }
}
