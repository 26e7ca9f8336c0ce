package io.bsr.cli.manual;

import io.bsr.cli.argument.ToolManual;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every generated page, by its path below the folder of the documentation. */
public final class ManualPages {
    /** The first line of every Markdown page. */
    static final String GENERATED = "<!-- Generated from the tables of the tools; CommittedPagesTest says how. -->\n\n";

    private ManualPages() {}

    /** The pages; texts end in a newline. */
    public static Map<String, String> all() {
        Map<String, String> pages = new TreeMap<>();
        pages.put("options.md", OptionPage.text());
        pages.put("errors.md", ErrorPage.text());
        pages.put("parameters.md", ParameterPage.text());
        for (ToolManual tool : List.of(
                io.bsr.cli.bsradm.Main.manual(), io.bsr.cli.bsrsetup.Main.manual(), io.bsr.cli.bsrmeta.Main.manual())) {
            boolean placed = !tool.places().isEmpty();
            pages.put("man/" + tool.name() + ".8", RoffPage.of(tool));
            pages.put(
                    "completion/" + tool.name() + ".bash",
                    placed ? PlacedCompletion.bash(tool) : BashCompletion.of(tool));
            pages.put("completion/_" + tool.name(), placed ? PlacedCompletion.zsh(tool) : ZshCompletion.of(tool));
        }
        for (ToolManual tool : List.of(
                io.bsr.cli.bsrcon.Main.manual(),
                io.bsr.cli.bsrsupport.Main.manual(),
                io.bsr.cli.bsrwatch.Main.manual())) {
            pages.put("man/" + tool.name() + ".8", RoffPage.of(tool));
            pages.put("completion/" + tool.name() + ".bash", WordCompletion.bash(tool));
            pages.put("completion/_" + tool.name(), WordCompletion.zsh(tool));
        }
        pages.put("man/bsr.conf.5", RoffPage.ofConfiguration());
        return pages;
    }
}
