using System.Text.Json;
using MeeseeksBox.Protocol.Requests;
using MeeseeksBox.Protocol.Signals;

namespace MeeseeksBox.Protocol.Tests.Signals;

// docs/SPECIFICATION.md#signals
public sealed class SignalTests
{
    [Theory]
    [InlineData("\"USR1\"", 10)]
    [InlineData("\"SIGUSR1\"", 10)]
    [InlineData("\"sigusr1\"", 10)]
    [InlineData("10", 10)]
    [InlineData("\"10\"", 10)]
    [InlineData("\"hup\"", 1)]
    [InlineData("\"SYS\"", 31)]
    [InlineData("\"RTMIN\"", 34)]
    [InlineData("64", 64)]
    public void A_signal_has_a_name_in_any_case_and_a_number(string value, int number) =>
        Signal.Read(JsonElement.Parse(value), out _).Should().Be(new Signal(number));

    [Theory]
    [InlineData("0", "0 is not the number of a signal, which is from 1 to 64")]
    [InlineData("\"65\"", "65 is not the number of a signal, which is from 1 to 64")]
    [InlineData("\"USR3\"", "'USR3' is not the name of a signal; did you mean USR1?")]
    [InlineData("\"FOO\"", "'FOO' is not the name of a signal; it must be a name like USR1, or a number from 1 to 64")]
    [InlineData("\"sigtrem\"", "'sigtrem' is not the name of a signal; did you mean TERM?")]
    [InlineData("[9]", "* is not a signal; it must be a name like \"USR1\", or a number from 1 to 64")]
    public void Anything_else_is_refused_with_the_nearest_name(string value, string expected)
    {
        Signal.Read(JsonElement.Parse(value), out var problem).Should().BeNull();

        problem.Should().Match(expected);
    }

    [Fact]
    public void Numbers_and_names_are_those_of_Linux()
    {
        new Signal(9).ToString().Should().Be("signal 9 (SIGKILL)");
        new Signal(40).ToString().Should().Be("signal 40");
        new Signal(12).Name.Should().Be("SIGUSR2");
    }

    [Fact]
    public void A_kill_has_the_signal_beside_it() =>
        Read("""{"kill":["a"],"signal":"USR1"}""", out _)!.Requests.Single().Value.Should().BeOfType<KillRequest>()
            .Which.Signal.Should().Be(new Signal(10));

    // The variable of a script may be empty. A job must not be killed then.
    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("false")]
    public void A_kill_with_an_empty_signal_is_refused(string signal)
    {
        Read($$"""{"kill":"a","signal":{{signal}}}""", out var problem).Should().BeNull();

        problem.Should().StartWith("signal: ");
    }

    private static RequestObject? Read(string element, out string? problem) => RequestObject.Read(JsonElement.Parse(element), out problem);
}
