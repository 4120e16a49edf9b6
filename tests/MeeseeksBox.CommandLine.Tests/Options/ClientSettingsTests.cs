using MeeseeksBox.CommandLine.Options;

namespace MeeseeksBox.CommandLine.Tests.Options;

/// <summary>The client options of the variable and of the command line.</summary>
public sealed class ClientSettingsTests
{
    [Fact]
    public void A_message_names_the_place_of_a_word()
    {
        var settings = ClientSettings.Read(["refesh=1"], "adress=head1");

        settings.Warnings.Should().Equal(
            "MEESEEKS_CONF: adress: unknown key, ignored; the nearest known key is 'address'",
            "command line: refesh: unknown key, ignored; the nearest known key is 'refresh'");
    }

    [Theory]
    [InlineData("", "port=x", "MEESEEKS_CONF: port: 'x' is not a whole number*")]
    [InlineData("port=x", "port=1", "command line: port: 'x' is not a whole number*")]
    [InlineData("", "ssl={", "MEESEEKS_CONF: ssl: bad JSON, character 2: *")]
    public void A_wrong_value_is_reported_with_its_place(string words, string variable, string problem)
    {
        var read = () => ClientSettings.Read(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), variable);

        read.Should().Throw<UsageException>().WithMessage(problem);
    }

    [Fact]
    public void Words_override_the_variable()
    {
        ClientSettings.Read(["port=2"], "port=1 timeout=3").Options
            .Should().Match<Client.MeeseeksClientOptions>(options => options.Port == 2 && options.Timeout == TimeSpan.FromSeconds(3));
    }
}
