package io.bsr.engine.parameter;

import io.bsr.control.EngineFiles;
import io.bsr.control.parameter.Parameter;
import io.bsr.control.status.ParameterStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The values of the parameters; for every thread. */
public final class Parameters {
    private static final List<Parameter> ALL = List.of(Parameter.values());

    /** None is added or removed after the start. */
    private final Map<Parameter, AtomicInteger> numbers = new EnumMap<>(Parameter.class);

    private final Map<Parameter, String> texts = new ConcurrentHashMap<>();
    private final List<String> remarks = new ArrayList<>();

    /** Every parameter with its default. */
    public Parameters() {
        for (Parameter parameter : ALL) {
            numbers.put(parameter, new AtomicInteger());
            take(parameter, parameter.standard());
        }
    }

    /**
     * The parameters with which an engine starts.
     *
     * @param given of the command line, {@code NAME=VALUE}; they win over those of the file
     */
    public static Parameters of(EngineFiles files, List<String> given) throws ParameterException {
        Parameters parameters = new Parameters();
        for (String word : ServiceDefaults.words(files)) {
            parameters.takeWord(word);
        }
        for (String word : given) {
            parameters.takeWord(word);
        }
        for (Parameter parameter : ALL) {
            String value = parameters.text(parameter);
            if (parameter.change() == Parameter.Change.NONE && !value.equals(parameter.standard())) {
                parameters.remarks.add(
                        "parameter " + parameter.shown() + "=" + value + " has no effect: " + parameter.why());
            }
        }
        return parameters;
    }

    /** What the log should say about the values with which the engine started. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    public String text(Parameter parameter) {
        return switch (parameter.kind()) {
            case INT, UINT -> Integer.toString(number(parameter));
            case BOOL, TEXT -> texts.getOrDefault(parameter, parameter.standard());
        };
    }

    public int number(Parameter parameter) {
        return numberOf(parameter).get();
    }

    /** Adds one to a number; one that is as large as it can be stays. */
    public void count(Parameter parameter) {
        numberOf(parameter).updateAndGet(n -> n == Integer.MAX_VALUE ? n : n + 1);
    }

    /** Changes a parameter while the engine runs. */
    public void change(String name, String value) throws ParameterException {
        Parameter parameter = Parameter.named(name)
                .orElseThrow(() -> new ParameterException("There is no parameter \"" + name + "\": "
                        + String.join(", ", ALL.stream().map(Parameter::shown).toList()) + "."));
        switch (parameter.change()) {
            case LIVE -> take(parameter, checked(parameter, value));
            case START ->
                throw new ParameterException("The parameter " + name
                        + " counts from the start of bsrd: write it into ADD_MOD_PARAM of etc/default/bsr, and start"
                        + " bsrd again.");
            case NONE ->
                throw new ParameterException("The parameter " + name + " has no effect: " + parameter.why() + ".");
        }
    }

    public List<ParameterStatus> status() {
        return ALL.stream()
                .map(parameter -> ParameterStatus.of(parameter, text(parameter)))
                .toList();
    }

    private AtomicInteger numberOf(Parameter parameter) {
        return Objects.requireNonNull(numbers.get(parameter));
    }

    private void takeWord(String word) throws ParameterException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        Parameter parameter = Parameter.named(name).orElse(null);
        if (parameter == null) {
            remarks.add("unknown parameter \"" + name + "\" is ignored; bsrd --info lists those that there are");
            return;
        }
        boolean alone = equals < 0 && parameter.kind() == Parameter.Kind.BOOL;
        take(parameter, checked(parameter, alone ? "Y" : word.substring(equals + 1)));
    }

    private static String checked(Parameter parameter, String value) throws ParameterException {
        return parameter
                .canonical(value)
                .orElseThrow(() -> new ParameterException("The parameter " + parameter.shown() + " cannot be \"" + value
                        + "\": it is " + parameter.taken() + "."));
    }

    private void take(Parameter parameter, String value) {
        switch (parameter.kind()) {
            case INT, UINT -> numberOf(parameter).set(Integer.parseInt(value));
            case BOOL, TEXT -> texts.put(parameter, value);
        }
    }
}
