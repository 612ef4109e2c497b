# mypy: ignore-errors
"""A CPU as verl's device, and the way to the rollout of `hf_rollout`; for tiny models only.

verl 0.9.1 knows GPUs and NPUs. Everything here goes in through its own extension points:

    VERL_USE_EXTERNAL_MODULES=cpu_platform   imports this module in every process (its folder on PYTHONPATH)
    VERL_PLATFORM=cpu                        chooses `CPUPlatform`
    VERL_ENGINE_DEVICE=cuda                  takes the FSDP engine that is registered for cuda
    actor_rollout_ref.rollout.name=hf_cpu    chooses `hf_rollout.HFReplica`
    +ray_kwargs.ray_init.num_gpus=1          a slot that Ray can hand out; no GPU is touched

Where torch itself differs (gloo knows no average, ``torch.cpu`` counts no memory), the gap is filled below. The
reward, the trainer, the loss, the data and the optimiser stay verl's own.
"""

from __future__ import annotations

import contextlib

import torch
import torch.distributed as dist
from verl.plugin.platform import PlatformBase, PlatformRegistry
from verl.workers.rollout.base import _ROLLOUT_REGISTRY
from verl.workers.rollout.replica import RolloutReplicaRegistry


@PlatformRegistry.register(platform="cpu")
class CPUPlatform(PlatformBase):
    """One device, which is the CPU; what has no meaning there does nothing."""

    device_name = property(lambda self: "cpu")
    vendor_name = property(lambda self: "cpu")
    device_module = property(lambda self: torch.cpu)

    def is_available(self):
        """Whether there is a CPU."""
        return True

    def current_device(self):
        """Give the one device; an index would mean a GPU to torch."""
        return torch.device("cpu")

    def device_count(self):
        """Count the devices."""
        return 1

    def set_device(self, device_index):
        """Choose the one device."""

    def synchronize(self, device_index=None):
        """Wait for nothing: operations on a CPU are done when they return."""

    def manual_seed(self, seed):
        """Seed torch."""
        torch.manual_seed(seed)

    manual_seed_all = manual_seed

    def set_allocator_settings(self, settings):
        """Leave the allocator alone."""

    def empty_cache(self):
        """Keep no cache."""

    def get_device_capability(self, device_index=0):
        """Give no capability."""
        return (None, None)

    def communication_backend_name(self):
        """Name torch's backend for CPUs."""
        return "gloo"

    def visible_devices_envvar(self):
        """Name the variable that Ray sets for the slot."""
        return "CUDA_VISIBLE_DEVICES"

    @contextlib.contextmanager
    def nvtx_range(self, msg):
        """Mark nothing."""
        yield

    def profiler_start(self):
        """Profile nothing."""

    def profiler_stop(self):
        """Profile nothing."""

    def ray_resource_name(self):
        """Name the slot that Ray hands out."""
        return "GPU"

    def ray_noset_envvars(self):
        """Name a variable that nothing reads."""
        return ["VERL_CPU_NOSET_VISIBLE_DEVICES"]

    def is_ipc_supported(self):
        """Whether tensors can be shared between processes by handle."""
        return False

    def cudart(self):
        """Give no CUDA runtime."""
        return


def _fill_torch_cpu():
    """Give ``torch.cpu`` the functions of ``torch.cuda`` that verl calls."""
    zero = dict.fromkeys(
        ("max_memory_allocated", "max_memory_reserved", "memory_allocated", "memory_reserved"),
        lambda *args, **kwargs: 0,
    )
    nothing = dict.fromkeys(
        ("empty_cache", "ipc_collect", "reset_peak_memory_stats"), lambda *args, **kwargs: None
    )
    others = {
        "mem_get_info": lambda *args: (1 << 34, 1 << 35),
        "get_device_name": lambda *args: "cpu",
        "manual_seed": torch.manual_seed,
        "manual_seed_all": torch.manual_seed,
        "get_rng_state": torch.get_rng_state,
        "set_rng_state": torch.set_rng_state,
    }
    for name, function in {**zero, **nothing, **others}.items():
        if not hasattr(torch.cpu, name):
            setattr(torch.cpu, name, function)


def _patch_distributed():
    """Let verl start gloo once instead of twice for one device, and average over gloo."""
    start, reduce = dist.init_process_group, dist.all_reduce

    def init_process_group(backend=None, *args, **kwargs):
        return start("cpu:gloo" if backend == "cpu:gloo,cpu:gloo" else backend, *args, **kwargs)

    def all_reduce(tensor, op=dist.ReduceOp.SUM, group=None, async_op=False):
        if op != dist.ReduceOp.AVG:
            return reduce(tensor, op, group, async_op)
        if async_op:
            raise NotImplementedError("an average over gloo that is not waited for")
        done = reduce(tensor, dist.ReduceOp.SUM, group)
        tensor.div_(dist.get_world_size(group))
        return done

    dist.init_process_group, dist.all_reduce = init_process_group, all_reduce


def _patch_offload():
    """Let verl keep its reference model on the CPU without pinned memory, which needs an accelerator."""
    from verl.workers.engine.fsdp import transformer_impl

    policy = transformer_impl.CPUOffloadPolicy
    transformer_impl.CPUOffloadPolicy = lambda pin_memory: policy(pin_memory=False)


def _load_replica():
    from hf_rollout import HFReplica

    return HFReplica


_fill_torch_cpu()
_patch_distributed()
_patch_offload()
_ROLLOUT_REGISTRY["hf_cpu", "async"] = "hf_rollout.HFAdapter"
RolloutReplicaRegistry.register("hf_cpu", _load_replica)
