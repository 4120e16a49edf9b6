using MeeseeksBox.FileWatch.Names;

namespace MeeseeksBox.FileWatch.Tests.Names;

/// <summary>The names of attributes with results (docs/SPECIFICATION.md#status-attributes).</summary>
public sealed class AttributeNameTests
{
    private readonly AttributeName _names = new("a");

    [Fact]
    public void A_name_has_the_watch_the_step_and_the_state()
    {
        _names.Of(0, StatusState.Done).Should().Be("user.a_0.done");
        new AttributeName("host_t_in.x").Of(12, StatusState.Mtime).Should().Be("user.host_t_in.x_12.mtime");
    }

    [Fact]
    public void A_name_is_parsed_into_its_parts()
    {
        foreach (var state in AttributeName.States)
        {
            _names.TryParse(_names.Of(12, state), out var index, out var parsed).Should().BeTrue();
            (index, parsed).Should().Be((12, state));
        }
    }

    [Theory]
    [InlineData("user.b_0.done")]
    [InlineData("user.a_.done")]
    [InlineData("user.a_00.done")]
    [InlineData("user.a_-1.done")]
    [InlineData("user.a_9999999999.done")]
    [InlineData("user.a_0.done.done")]
    [InlineData("user.a_0.moving")]
    [InlineData("user.a_0.failure")]
    [InlineData("user.a_0done")]
    [InlineData("user.a_1_0.done")]
    [InlineData("security.a_0.done")]
    [InlineData("user.a_")]
    public void Other_names_are_none_of_the_watch(string name)
    {
        _names.TryParse(name, out _, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(240, true)]
    [InlineData(241, false)]
    public void A_name_has_255_bytes_at_most(int length, bool canStand)
    {
        new AttributeName(new string('w', length)).CanStand(0).Should().Be(canStand);
    }
}
