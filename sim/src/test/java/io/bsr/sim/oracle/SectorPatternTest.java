package io.bsr.sim.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SectorPatternTest {
    @Test
    void each_sector_tells_the_write_it_comes_from() {
        byte[] data = new byte[4 * 512];
        SectorPattern.fill(data, 0, 3, 77, 1000, 4);

        for (int i = 0; i < 4; i++) {
            assertEquals(77, SectorPattern.identify(data, i * 512, 3, 1000 + i));
        }
    }

    @Test
    void a_sector_at_the_wrong_place_or_of_another_volume_is_garbled() {
        byte[] data = new byte[512];
        SectorPattern.fill(data, 0, 3, 77, 1000, 1);

        assertEquals(SectorPattern.GARBLED, SectorPattern.identify(data, 0, 3, 1001));
        assertEquals(SectorPattern.GARBLED, SectorPattern.identify(data, 0, 2, 1000));
    }

    @Test
    void every_changed_byte_is_noticed() {
        byte[] data = new byte[512];
        SectorPattern.fill(data, 0, 0, 5, 9, 1);
        for (int i = 0; i < 512; i++) {
            data[i] ^= 1;
            int found = SectorPattern.identify(data, 0, 0, 9);
            data[i] ^= 1;
            assertEquals(SectorPattern.GARBLED, found, "byte " + i);
        }
    }

    @Test
    void zeroes_are_write_0() {
        assertEquals(0, SectorPattern.identify(new byte[512], 0, 1, 4));
    }
}
