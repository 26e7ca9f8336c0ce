package io.bsr.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.bsr.control.command.Command;
import io.bsr.control.event.StateEvent;
import io.bsr.control.json.RecordCodec;
import io.bsr.control.status.ConnectionStatus;
import io.bsr.control.status.EngineInfo;
import io.bsr.control.status.ExportStatus;
import io.bsr.control.status.GenerationStatus;
import io.bsr.control.status.PeerDeviceStatus;
import io.bsr.control.status.ResourceStatus;
import io.bsr.control.status.Result;
import io.bsr.control.status.VolumeStatus;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The manual of the interface names everything that the records have. */
class DocumentationTest {
    private static final Path MANUAL = Path.of("..", "docs", "control.md");

    @Test
    void every_command_has_a_row_with_all_its_arguments() throws IOException {
        List<String> rows = Files.readAllLines(MANUAL);
        for (Class<?> command : Objects.requireNonNull(Command.class.getPermittedSubclasses())) {
            String name = "`" + RecordCodec.kebab(command.getSimpleName()) + "`";
            List<String> found = rows.stream()
                    .filter(row -> row.startsWith("| ")
                            && row.substring(0, row.indexOf('|', 1)).contains(name))
                    .toList();

            assertEquals(1, found.size(), "rows of " + name);
            for (RecordComponent argument : command.getRecordComponents()) {
                String word = "`" + RecordCodec.kebab(argument.getName()) + "`";
                assertTrue(found.getFirst().contains(word), name + " lacks " + word);
            }
        }
    }

    @Test
    void every_member_of_an_answer_is_named() throws IOException {
        String manual = Files.readString(MANUAL);
        for (Class<?> type : List.of(
                ResourceStatus.class,
                VolumeStatus.class,
                GenerationStatus.class,
                ConnectionStatus.class,
                PeerDeviceStatus.class,
                EngineInfo.class,
                ExportStatus.class,
                StateEvent.class)) {
            for (RecordComponent member : type.getRecordComponents()) {
                String word = "`" + RecordCodec.kebab(member.getName()) + "`";
                assertTrue(manual.contains(word), type.getSimpleName() + ": " + word);
            }
        }
        for (Class<?> result : Objects.requireNonNull(Result.class.getPermittedSubclasses())) {
            assertTrue(manual.contains("`" + RecordCodec.kebab(result.getSimpleName()) + "`"), result.getSimpleName());
        }
    }
}
