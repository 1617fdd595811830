package org.skiptuning.data;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.io.IOException;
import java.util.function.Supplier;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The one reader used for each format, whatever else an application has registered. */
final class PictureReaders {
    private PictureReaders() {}

    static ImageReader open(PictureFormat format) throws IOException {
        return switch (format) {
            case JPEG -> registered(JPEGImageReaderSpi.class, JPEGImageReaderSpi::new);
            case WEBP -> registered(WebPImageReaderSpi.class, WebPImageReaderSpi::new);
            case TIFF -> registered(TIFFImageReaderSpi.class, TIFFImageReaderSpi::new);
            case PNG -> ofTheJdk("com.sun.imageio.plugins.png.PNGImageReaderSpi");
            case BMP -> ofTheJdk("com.sun.imageio.plugins.bmp.BMPImageReaderSpi");
            case GIF -> ofTheJdk("com.sun.imageio.plugins.gif.GIFImageReaderSpi");
        };
    }

    /** Where the application's class loader hides the service files, the provider is registered here. */
    private static <P extends ImageReaderSpi> ImageReader registered(Class<P> type, Supplier<P> provider)
            throws IOException {
        var registry = IIORegistry.getDefaultInstance();
        var found = registry.getServiceProviderByClass(type);
        if (found == null) {
            synchronized (PictureReaders.class) {
                found = registry.getServiceProviderByClass(type);
                if (found == null) {
                    found = provider.get();
                    registry.registerServiceProvider(found, ImageReaderSpi.class);
                }
            }
        }
        return found.createReaderInstance();
    }

    private static ImageReader ofTheJdk(String providerClass) throws IOException {
        var providers = IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, false);
        while (providers.hasNext()) {
            var provider = providers.next();
            if (provider.getClass().getName().equals(providerClass)) {
                return provider.createReaderInstance();
            }
        }
        throw new IllegalStateException("This JDK has no " + providerClass + ": run on a JDK with java.desktop");
    }
}
