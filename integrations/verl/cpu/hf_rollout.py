"""A rollout for verl 0.9.1 by Hugging Face's generate, where vLLM is too much: tiny models on a CPU.

verl asks for one response at a time; requests that come together are sampled as one batch. `cpu_platform` registers
this under the name ``hf_cpu``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import ray
import torch
from verl.utils.config import omega_conf_to_dataclass
from verl.workers.rollout.base import BaseRollout
from verl.workers.rollout.replica import RolloutReplica, TokenOutput

_SERVER: Final = "hf_cpu_server"
_QUIET: Final = 0.05
"""Seconds without a new request before a batch starts."""

_BATCH: Final = 64

Sampled = tuple[list[int], list[float]]
"""Token ids of a response and their log probabilities."""


class Sampling(NamedTuple):
    """How to draw tokens; a temperature of 0 is greedy."""

    temperature: float = 1.0
    top_k: int = -1
    top_p: float = 1.0


class Request(NamedTuple):
    """One prompt that waits for its response."""

    prompt: list[int]
    sampling: Sampling
    images: list[Any]
    done: asyncio.Future[Sampled]


class HFServer:
    """The actor that samples.

    Parameters
    ----------
    config
        verl's configuration of the rollout.
    model_config
        verl's configuration of the model, whose folder holds the first weights.
    """

    def __init__(self, config: Any, model_config: Any) -> None:
        from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

        torch.set_num_threads(1)
        torch.manual_seed(config.seed)
        self.length = config.response_length
        self.meta = omega_conf_to_dataclass(model_config)
        names = ("image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id")
        # A random model writes such tokens too, and verl would then look for the images that they announce.
        found = [getattr(self.meta.hf_config, name, None) for name in names]
        self.suppressed = [token for token in found if token is not None] or None
        self.image_token = found[0]
        kind = AutoModelForCausalLM if self.image_token is None else AutoModelForImageTextToText
        self.model = kind.from_pretrained(
            self.meta.local_path, dtype=torch.float32, attn_implementation="sdpa"
        ).eval()
        self.step: int | None = None
        self.waiting: list[Request] = []
        self.worker: asyncio.Task[None] | None = None

    async def generate(
        self,
        prompt_ids: Iterable[int],
        sampling_params: dict[str, Any],
        request_id: str,
        image_data: list[Any] | None = None,
        video_data: list[Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Answer one prompt."""
        sampling = Sampling(**{k: sampling_params[k] for k in Sampling._fields if k in sampling_params})
        request = Request(list(prompt_ids), sampling, list(image_data or ()), asyncio.Future())
        self.waiting.append(request)
        if self.worker is None or self.worker.done():
            self.worker = asyncio.create_task(self._work())
        tokens, log_probs = await request.done
        return TokenOutput(
            token_ids=tokens,
            log_probs=log_probs if sampling_params.get("logprobs") else None,
            stop_reason="completed",
            extra_fields={"global_steps": self.step},
        )

    async def _work(self) -> None:
        while self.waiting:
            count = -1
            while len(self.waiting) < _BATCH and len(self.waiting) != count:
                count = len(self.waiting)
                await asyncio.sleep(_QUIET)
            batch = self._take()
            try:
                made = await asyncio.get_running_loop().run_in_executor(None, self._sample, batch)
            except Exception as error:  # noqa: BLE001 - it belongs to those who wait, and verl reports it
                for one in batch:
                    one.done.set_exception(error)
            else:
                for one, response in zip(batch, made, strict=True):
                    one.done.set_result(response)

    def _take(self) -> list[Request]:
        """Take the next batch off the list: requests alike in sampling, all with images or all without."""
        first = self.waiting[0]
        batch: list[Request] = []
        left: list[Request] = []
        for one in self.waiting:
            alike = one.sampling == first.sampling and bool(one.images) == bool(first.images)
            (batch if alike and len(batch) < _BATCH else left).append(one)
        self.waiting = left
        return batch

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def _sample(self, batch: list[Request]) -> list[Sampled]:
        pad, end = self.meta.tokenizer.pad_token_id, self.meta.tokenizer.eos_token_id
        width = max(len(one.prompt) for one in batch)
        ids = torch.tensor([[pad] * (width - len(one.prompt)) + one.prompt for one in batch])
        mask = torch.tensor([[0] * (width - len(one.prompt)) + [1] * len(one.prompt) for one in batch])
        seen: dict[str, Any] = {}
        images = [image for one in batch for image in one.images]
        if images:
            seen = dict(self.meta.processor.image_processor(images=images, return_tensors="pt"))
            seen["mm_token_type_ids"] = (ids == self.image_token).long()
        temperature, top_k, top_p = batch[0].sampling
        how: dict[str, Any] = {"do_sample": False}
        if temperature > 0:
            how = {"do_sample": True, "temperature": temperature, "top_k": max(top_k, 0), "top_p": top_p}
        made = self.model.generate(
            input_ids=ids, attention_mask=mask, max_new_tokens=self.length, pad_token_id=pad, eos_token_id=end,
            suppress_tokens=self.suppressed, output_logits=True, return_dict_in_generate=True, **how, **seen,
        )  # fmt: skip
        new = made.sequences[:, width:]
        scale = temperature if temperature > 0 else 1.0
        # The raw logits at the sampling temperature: what the trainer, too, computes for these tokens.
        log_probs = torch.stack(
            [
                torch.log_softmax(logits.float() / scale, -1).gather(-1, new[:, n : n + 1]).squeeze(-1)
                for n, logits in enumerate(made.logits)
            ],
            dim=1,
        )
        responses = []
        for row, tokens in enumerate(new.tolist()):
            length = tokens.index(end) + 1 if end in tokens else len(tokens)
            responses.append((tokens[:length], log_probs[row, :length].tolist()))
        return responses

    def load_weights(self, weights: dict[str, torch.Tensor], step: int | None) -> None:
        """Take the weights of the trained model.

        Raises
        ------
        ValueError
            If their names are not those of the model.
        """
        found = self.model.load_state_dict(weights, strict=False)
        if found.missing_keys or found.unexpected_keys:
            raise ValueError(f"weights: missing {found.missing_keys}, unexpected {found.unexpected_keys}")
        self.step = step

    async def nothing(self, *args: Any, **kwargs: Any) -> None:
        """Do what a server without a cache and without sleep does when it is told to."""

    wake_up = sleep = clear_kv_cache = release_kv_cache = resume_kv_cache = nothing
    resume_generation = start_profile = stop_profile = abort_all_requests = nothing

    async def set_global_steps(self, step: int) -> None:
        """Note the step that the weights are of."""
        self.step = step


class HFReplica(RolloutReplica):  # type: ignore[misc]
    """verl's handle of one `HFServer`."""

    async def launch_servers(self) -> None:
        """Start the server as a Ray actor.

        Raises
        ------
        ValueError
            If verl asks for more than one.
        """
        if self.replica_rank or self.world_size != 1:
            raise ValueError("hf_cpu: expected one replica on one device")
        made = ray.remote(HFServer).options(name=_SERVER, num_cpus=0, max_concurrency=1000)
        self._server_handle = made.remote(self.config, self.model_config)
        self.servers, self._server_address = [self._server_handle], _SERVER


class HFAdapter(BaseRollout):  # type: ignore[misc]
    """The trainer's side: hands the weights to the server."""

    async def resume(self, tags: list[str]) -> None:
        """Nothing slept."""

    async def release(self) -> None:
        """Nothing is held."""

    async def update_weights(
        self,
        weights: Iterable[tuple[str, torch.Tensor]],
        wire_format: str = "named_tensors",
        global_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Send the weights of a step.

        Raises
        ------
        ValueError
            If they come in another form than names and tensors.
        """
        if wire_format != "named_tensors":
            raise ValueError(f"hf_cpu: expected named tensors, got {wire_format}")
        state = {name: tensor.detach().to("cpu", torch.float32).clone() for name, tensor in weights}
        await ray.get_actor(_SERVER).load_weights.remote(state, global_steps)
