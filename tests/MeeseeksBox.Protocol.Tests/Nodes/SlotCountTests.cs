using System.Text.Json;
using MeeseeksBox.Protocol.Nodes;

namespace MeeseeksBox.Protocol.Tests.Nodes;

// docs/SPECIFICATION.md#slots
public sealed class SlotCountTests
{
    [Theory]
    [InlineData("4", 4)]
    [InlineData("0", 0)]
    [InlineData("-1", -1)]
    [InlineData("-7", -1)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("false", 0)]
    [InlineData("2.0", 2)]
    [InlineData("1e999", int.MaxValue)]
    public void Slots_are_a_number_or_unlimited(string json, int? limit) => Read(json).Should().Be(new SlotCount(limit));

    [Theory]
    [InlineData("\"many\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void Any_other_value_is_rejected(string json) => FluentActions.Invoking(() => Read(json)).Should().Throw<JsonException>();

    [Theory]
    [InlineData(4, "4")]
    [InlineData(0, "0")]
    [InlineData(-1, "-1")]
    [InlineData(null, "true")]
    public void Unlimited_slots_are_written_as_true(int? limit, string json) => Written(new SlotCount(limit)).Should().Be(json);

    [Theory]
    [InlineData(3, 3, false)]
    [InlineData(0, null, false)]
    [InlineData(-1, -1, true)]
    [InlineData(-5, -1, true)]
    public void A_pool_offers_its_configured_slots(int slots, int? limit, bool draining)
    {
        var offer = SlotCount.Of(slots);

        offer.Should().Be(new SlotCount(limit));
        offer.IsDraining.Should().Be(draining);
    }

    private static SlotCount Read(string json) =>
        Some.Json($$"""{"p":{"n":{{json}} } }""").Deserialize(WireContext.Default.DictionaryStringDictionaryStringSlotCount)!["p"]["n"];

    private static string Written(SlotCount slots) => JsonSerializer
        .SerializeToElement(new() { ["p"] = new() { ["n"] = slots } }, WireContext.Default.DictionaryStringDictionaryStringSlotCount)
        .GetProperty("p").GetProperty("n").GetRawText();
}
