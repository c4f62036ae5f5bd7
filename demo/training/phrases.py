"""The phrases: sentences of a support call, and words in random order."""

import random
from typing import Literal

from training.vocabulary import DIGITS, WORDS

Split = Literal["train", "held_out"]

_SLOTS: dict[str, tuple[str, ...]] = {
    "day": ("today", "tomorrow", "monday", "friday", "monday morning", "friday morning",
            "this morning", "tomorrow morning"),
    "thing": ("account", "address", "bill", "card", "order", "payment", "phone", "phone line",
              "internet", "service", "refund", "phone number", "new card", "name"),
    "who": ("an agent", "customer service", "support", "customer support", "our agent"),
    "broken": ("not working", "broken", "working", "on hold", "a problem", "not on time"),
    "count": ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}  # fmt: skip

_TRAIN_SENTENCES: tuple[str, ...] = (
    "my account number is {digits}",
    "my order number is {digits}",
    "my phone number is {digits}",
    "the number on my {thing} is {digits}",
    "please hold the line for a moment",
    "please hold the line",
    "one moment please",
    "the {thing} is {broken}",
    "my {thing} is {broken}",
    "i am calling about order {digits}",
    "i am calling about my {thing}",
    "i am calling about a problem with my {thing}",
    "please transfer my call to {who}",
    "i will transfer you to {who}",
    "can i help you {day}",
    "how can i help you",
    "how can i help you {day}",
    "hello this is {who}",
    "hello thank you for calling customer support",
    "thank you for calling goodbye",
    "thank you for your help",
    "thanks for your help goodbye",
    "yes please",
    "no thank you",
    "yes it is {digits}",
    "no it is {digits}",
    "what is your {thing}",
    "what is the number on your {thing}",
    "can you cancel my {thing} please",
    "i could not cancel the {thing}",
    "please send a new card to my address",
    "we will send your {thing} on {day}",
    "we will call you {day}",
    "could you call {digits}",
    "i have a problem with the {thing}",
    "i am sorry about the {thing}",
    "can i have a refund for this {thing}",
    "your {thing} will work {day}",
    "it is {count} on {day}",
    "i have {count} and {count}",
    "my address is {digits} {count} street",
    "the city and the street please",
    "{digits}",
    "{digits} thank you",
    "good morning how can i help",
    "is it working {day}",
    "goodbye and thank you",
    "it is not my {thing}",
    "we have your {thing} and your {thing}",
    "what time is it on {day}",
    "hold for a moment please",
    "i have a card for {count}",
    "we have {count} for you",
    "the bill is for {count}",
    "the bill is for the {thing}",
    "our payment for {count} is {broken}",
    "is this for {count} please",
    "this is for {who}",
    "our {thing} will work {day}",
    "our {thing} is on the line",
    "transfer {count} to my account",
    "please transfer {count} to your {thing}",
    "please call {who} on {digits}",
    "please call our number {digits}",
    "call {digits} to cancel your {thing}",
    "my number on {day} is {digits}",
    "you can call our support on {day}",
    "you will have a {thing} on {day}",
    "i am working on it",
    "i am on hold for {count}",
    "it is on my {thing}",
    "it is a problem with the {thing} it is {broken}",
    "can you help with my {thing}",
    "will you help {day}",
    "my name is not on the {thing}",
    "could {who} call {day}",
)

_HELD_OUT_SENTENCES: tuple[str, ...] = (
    "hello i am calling about my {thing}",
    "hello my name is on the {thing}",
    "thank you and goodbye",
    "could you hold for {count} please",
    "please cancel order {digits}",
    "our {thing} is {broken} {day}",
    "can you transfer this call to {who} please",
    "yes my account number is {digits}",
    "the order is {digits} and the phone is {digits}",
    "will you send the {thing} {day}",
    "sorry what is your address",
    "i am not working on {day}",
    "you could help with my {thing}",
    "please call my phone it is {digits}",
)


def draw_sentence(rng: random.Random, split: Split) -> str:
    """A sentence whose wording belongs to `split` alone."""
    wordings = _TRAIN_SENTENCES if split == "train" else _HELD_OUT_SENTENCES
    sentence = rng.choice(wordings)
    for slot in (*_SLOTS, "digits"):
        while (field := "{" + slot + "}") in sentence:
            sentence = sentence.replace(field, _fill(slot, rng), 1)
    return sentence


def draw_free_order(rng: random.Random) -> str:
    """Return three to nine words of the vocabulary in random order."""
    return " ".join(rng.choices(WORDS, k=rng.randint(3, 9)))


def draw_phrase(rng: random.Random, split: Split) -> str:
    """Return the text of one training utterance; nearly half are words in random order."""
    return draw_free_order(rng) if rng.random() < 0.55 else draw_sentence(rng, split)


def _fill(slot: str, rng: random.Random) -> str:
    if slot == "digits":
        return " ".join(rng.choices(DIGITS, k=rng.randint(2, 8)))
    return rng.choice(_SLOTS[slot])
