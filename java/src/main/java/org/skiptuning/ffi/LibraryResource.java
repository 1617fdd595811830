package org.skiptuning.ffi;

import java.net.URL;

/**
 * A shared library on the class path.
 *
 * @param name the file's name
 * @param bytes its size unpacked
 * @param checksum its CRC-32, as the jar's directory has it
 */
record LibraryResource(String name, long bytes, long checksum, URL location) {}
