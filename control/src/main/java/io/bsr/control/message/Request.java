package io.bsr.control.message;

import io.bsr.control.command.Command;
import io.bsr.control.json.Json;
import io.bsr.control.json.JsonText;
import io.bsr.control.json.MalformedJsonException;
import io.bsr.control.json.RecordCodec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A request as it travels.
 *
 * @param id chosen by the client, comes back with every line of the answer
 * @param timeoutMillis 1 … 600000: the engine answers within this time
 */
public record Request(long id, long timeoutMillis, Command command) {
    private static final Map<String, Class<?>> COMMANDS = new TreeMap<>();

    static {
        for (Class<?> type : Objects.requireNonNull(Command.class.getPermittedSubclasses())) {
            COMMANDS.put(RecordCodec.kebab(type.getSimpleName()), type);
        }
    }

    /** The name of a command on the line. */
    public static String name(Command command) {
        return RecordCodec.kebab(command.getClass().getSimpleName());
    }

    public byte[] encode() {
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("version", new Json.Whole(Limits.VERSION));
        members.put("id", new Json.Whole(id));
        members.put("timeout-millis", new Json.Whole(timeoutMillis));
        members.put("command", new Json.Text(name(command)));
        members.put("arguments", RecordCodec.write((Record) command));
        return JsonText.write(new Json.Members(members));
    }

    /**
     * Reads a request.
     *
     * @throws UnacceptableRequestException with the id of the request, if that could be read
     */
    public static Request decode(byte[] line) throws UnacceptableRequestException {
        long id = 0;
        try {
            Map<String, Json> members = Envelope.members(JsonText.read(line));
            id = Envelope.number(members, "id", 0, 0, Long.MAX_VALUE);
            long version = Envelope.number(members, "version", 0, 0, Long.MAX_VALUE);
            if (version != Limits.VERSION) {
                throw new MalformedJsonException("this engine speaks version " + Limits.VERSION
                        + " of the control interface, the request is of version " + version
                        + "; use the tools that came with the engine");
            }
            long timeout = Envelope.number(
                    members, "timeout-millis", Limits.DEFAULT_TIMEOUT.toMillis(), 1, Limits.LONGEST_TIMEOUT.toMillis());
            for (String name : members.keySet()) {
                switch (name) {
                    case "version", "id", "timeout-millis", "command", "arguments" -> {}
                    default -> throw new MalformedJsonException("a request has no member \"" + name + "\"");
                }
            }
            return new Request(id, timeout, command(members));
        } catch (MalformedJsonException e) {
            throw new UnacceptableRequestException(id, String.valueOf(e.getMessage()));
        }
    }

    private static Command command(Map<String, Json> members) throws MalformedJsonException {
        if (!(members.get("command") instanceof Json.Text(String name))) {
            throw new MalformedJsonException("a request needs a string \"command\"");
        }
        Class<?> type = COMMANDS.get(name);
        if (type == null) {
            throw new MalformedJsonException(
                    "there is no command \"" + name + "\"; there are " + String.join(", ", COMMANDS.keySet()));
        }
        Json arguments = members.getOrDefault("arguments", new Json.Members(Map.of()));
        try {
            return (Command) RecordCodec.read(arguments, type, RecordCodec.Unknown.REFUSED);
        } catch (MalformedJsonException e) {
            throw new MalformedJsonException("command " + name + ": " + e.getMessage());
        }
    }
}
