package io.bsr.control.setting;

import java.util.List;

/**
 * How many log files of each tool are kept, the one in use among them; as the setting has them, a byte each, the lowest for
 * the first tool.
 *
 * @param packed 0 in a byte stands for what is usual
 */
public record ToolLogCounts(int packed) {
    /** The tools in the order of their bytes. */
    public static final List<String> TOOLS = List.of("bsradm", "bsrsetup", "bsrmeta");

    public static final int MOST = 255;

    private static final int USUAL = 2;
    private static final int BITS = 8;

    /** What a setting says; nothing that it could not mean. */
    public static ToolLogCounts ofText(String text) {
        boolean number = !text.isEmpty() && text.length() <= 8 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return new ToolLogCounts(number ? Integer.parseInt(text) : 0);
    }

    public String text() {
        return Integer.toString(packed);
    }

    /** The number of files of a tool. */
    public int of(String tool) {
        int at = TOOLS.indexOf(tool);
        int count = at < 0 ? 0 : (packed >>> (BITS * at)) & MOST;
        return count == 0 ? USUAL : count;
    }

    /** The same with another number for one tool. */
    public ToolLogCounts with(String tool, int count) {
        int shift = BITS * TOOLS.indexOf(tool);
        return new ToolLogCounts((packed & ~(MOST << shift)) | (count << shift));
    }
}
